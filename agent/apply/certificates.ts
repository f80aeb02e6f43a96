import { X509Certificate } from "node:crypto";
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";

import { messageOf } from "@second-server/contract/caught";
import { UNITS } from "@second-server/contract/names";
import { DEBIAN_PATHS, PATHS } from "@second-server/contract/paths";
import type { ReleaseCertificate } from "@second-server/contract/release";

import { linkTarget, switchLink, makeFolder } from "../files";
import { type Machine, must } from "../machine";
import { note } from "../record";

/**
 * Let's Encrypt looks the names up itself; a record made a moment ago may not be seen everywhere
 * yet.
 */
const PAUSES_MS = [5_000, 20_000];

const live = (name: string): string => `${DEBIAN_PATHS.letsencrypt}/live/${name}`;

/** Host names that a PEM certificate is good for. */
export const hostsOf = (pem: string): readonly string[] =>
  (new X509Certificate(pem).subjectAltName ?? "")
    .split(", ")
    .filter((entry) => entry.startsWith("DNS:"))
    .map((entry) => entry.slice(4));

const chainOf = (machine: Machine, folder: string): string | undefined => {
  const path = machine.at(`${folder}/fullchain.pem`);
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
};

/** There, in date, and good for all its names; more names do not hurt visitors. */
export const isGood = (
  machine: Machine,
  { name, hosts }: ReleaseCertificate,
  folder = live(name),
): boolean => {
  const pem = chainOf(machine, folder);
  if (pem === undefined) return false;
  const known = new Set(hostsOf(pem));
  return (
    hosts.every((host) => known.has(host)) &&
    Date.parse(new X509Certificate(pem).validTo) > machine.now().getTime()
  );
};

/**
 * Good, and for no other name: one that has gone could not be renewed, and with it none of the
 * others.
 */
const isExact = (machine: Machine, certificate: ReleaseCertificate): boolean =>
  isGood(machine, certificate) &&
  new Set(hostsOf(chainOf(machine, live(certificate.name)) ?? "")).size ===
    new Set(certificate.hosts).size;

const linkOf = (name: string): string => `${PATHS.tls}/${name}`;
const placeholderOf = (name: string): string => `${PATHS.tls}/.placeholder-${name}`;
/**
 * What visitors were shown before the last change of names: a release that is rolled back needs it
 * again.
 */
const keptOf = (name: string): string => `${PATHS.tls}/.kept-${name}`;

/** Where a certificate lies that is good for all these names. */
const goodFor = (machine: Machine, certificate: ReleaseCertificate): string | undefined =>
  [live(certificate.name), keptOf(certificate.name)].find((folder) =>
    isGood(machine, certificate, folder),
  );

/**
 * Copies what is shown now, and shows the copy: what certbot does to its own files is seen by
 * nobody until it is done.
 */
const keep = (machine: Machine, name: string): void => {
  const shown = linkTarget(machine.at(linkOf(name)));
  if (shown === undefined || shown === placeholderOf(name) || shown === keptOf(name)) return;
  if (chainOf(machine, shown) === undefined) return;
  const draft = machine.at(`${keptOf(name)}.new`);
  rmSync(draft, { recursive: true, force: true });
  makeFolder(draft, 0o700);
  for (const file of ["fullchain.pem", "privkey.pem"])
    writeFileSync(`${draft}/${file}`, readFileSync(machine.at(`${shown}/${file}`)), {
      mode: 0o600,
    });
  rmSync(machine.at(keptOf(name)), { recursive: true, force: true });
  renameSync(draft, machine.at(keptOf(name)));
  switchLink(machine.at(linkOf(name)), keptOf(name));
};

/** Has nginx show what lies in a folder. */
const show = async (machine: Machine, name: string, folder: string): Promise<void> => {
  if (linkTarget(machine.at(linkOf(name))) === folder) return;
  switchLink(machine.at(linkOf(name)), folder);
  await must(machine, ["systemctl", "reload-or-restart", UNITS.nginx]);
};

/**
 * Before anything is switched: what visitors are shown stays. Where nothing is shown yet, it is
 * Let's Encrypt's certificate, or a placeholder of the agent's own making: nginx has to start to be
 * asked for the challenge.
 */
export const linkCertificate = async (
  machine: Machine,
  certificate: ReleaseCertificate,
): Promise<void> => {
  const { name, hosts } = certificate;
  const link = machine.at(linkOf(name));
  const shown = linkTarget(link);
  const placeholder = placeholderOf(name);
  if (shown !== undefined && shown !== placeholder && chainOf(machine, shown) !== undefined) return;
  const there = goodFor(machine, certificate) ?? live(name);
  if (chainOf(machine, there) !== undefined) {
    switchLink(link, there);
    return;
  }
  if (!existsSync(machine.at(`${placeholder}/fullchain.pem`))) {
    makeFolder(machine.at(placeholder), 0o700);
    await must(machine, [
      "openssl",
      "req",
      "-x509",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:prime256v1",
      "-nodes",
      "-days",
      "30",
      "-subj",
      `/CN=${(hosts[0] ?? name).slice(0, 64)}`,
      "-keyout",
      machine.at(`${placeholder}/privkey.pem`),
      "-out",
      machine.at(`${placeholder}/fullchain.pem`),
    ]);
  }
  if (shown !== placeholder) switchLink(link, placeholder);
};

/**
 * On the way back: each certificate that is good for the names of then. nginx is told here, as its
 * files may be the same.
 */
export const showAgain = async (
  machine: Machine,
  certificates: readonly ReleaseCertificate[],
): Promise<void> => {
  for (const certificate of certificates) {
    const folder = goodFor(machine, certificate);
    if (folder !== undefined) await show(machine, certificate.name, folder);
  }
};

/** Asks for exactly these names, a few times. Once `hopeless` says so, no longer. */
const ask = async (
  machine: Machine,
  { name, hosts, email }: ReleaseCertificate,
  isHopeless: () => boolean,
  failed: Promise<void>,
): Promise<void> => {
  machine.log(`asking Let's Encrypt for a certificate for ${hosts.length} names`);
  makeFolder(machine.at(PATHS.webroot), 0o755);
  const argv = [
    "certbot",
    "certonly",
    "--non-interactive",
    "--agree-tos",
    "--no-eff-email",
    "--email",
    email,
    "--webroot",
    "--webroot-path",
    PATHS.webroot,
    "--cert-name",
    name,
    // Names that come, and names that go.
    "--expand",
    "--renew-with-new-domains",
    "--keep-until-expiring",
    ...hosts.flatMap((host) => ["--domain", host]),
  ];
  for (let attempt = 0; ; attempt++) {
    const { code, stdout, stderr } = await machine.run(argv);
    if (code === 0) return;
    const words = `${stdout}\n${stderr}`.trim().split("\n").slice(-12).join("\n  ");
    const pause = PAUSES_MS[attempt];
    const refusal = new Error(
      `certbot could not get a certificate for ${hosts.join(", ")}. Do the names point at this machine, and is port 80 open?\n  ${words}`,
    );
    if (pause === undefined || isHopeless()) throw refusal;
    machine.log(`certbot: not yet; once more in ${pause / 1000} s`);
    await machine.sleep(pause, failed);
    if (isHopeless()) throw refusal;
  }
};

/**
 * Asks Let's Encrypt for what is missing and has nginx serve it. nginx runs already and answers the
 * challenge on port 80. Once `services` have failed the release is going back, and is not held up
 * by trying again. Where names have only gone, visitors are served as they are: that waits for the
 * services, and that it can't be had yet is told and fails nothing.
 */
export const obtain = async (
  machine: Machine,
  certificate: ReleaseCertificate,
  services: Promise<void>,
): Promise<void> => {
  const { name } = certificate;
  if (isExact(machine, certificate)) return await show(machine, name, live(name));
  let hopeless = false;
  const failed = new Promise<void>((resolve) => {
    services.catch(() => {
      hopeless = true;
      resolve();
    });
  });
  const isHopeless = (): boolean => hopeless;
  const good = goodFor(machine, certificate);
  if (good !== undefined) {
    await show(machine, name, good);
    await Promise.race([services.catch(() => undefined), failed]);
    if (isHopeless()) return;
  }
  keep(machine, name);
  try {
    await ask(machine, certificate, isHopeless, failed);
  } catch (error) {
    if (good === undefined) throw error;
    await show(machine, name, good);
    const words = `the certificate still has names that are gone, and can't be renewed with them. The next ./fleet up tries again.\n${messageOf(error)}`;
    note(machine, words);
    machine.log(words);
    return;
  }
  if (chainOf(machine, live(name)) === undefined) {
    machine.log(`certbot left nothing in ${live(name)}`);
    return;
  }
  if (linkTarget(machine.at(linkOf(name))) === live(name))
    await must(machine, ["systemctl", "reload-or-restart", UNITS.nginx]);
  else await show(machine, name, live(name));
  machine.log("certificate in force");
};
