import { X509Certificate } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";

import { UNITS } from "@second-server/contract/names";
import { DEBIAN_PATHS, PATHS } from "@second-server/contract/paths";
import type { ReleaseCertificate } from "@second-server/contract/release";

import { linkTarget, switchLink } from "../files";
import { type Machine, must } from "../machine";

/** Let's Encrypt looks the names up itself; a record made a moment ago may not be seen everywhere yet. */
const PAUSES_MS = [5_000, 20_000];

const live = (name: string): string => `${DEBIAN_PATHS.letsencrypt}/live/${name}`;

/** Host names that a PEM certificate is good for. */
export const hostsOf = (pem: string): readonly string[] =>
  (new X509Certificate(pem).subjectAltName ?? "")
    .split(", ")
    .filter((entry) => entry.startsWith("DNS:"))
    .map((entry) => entry.slice(4));

/** There, in date, and good for all its names. */
export const isGood = (machine: Machine, { name, hosts }: ReleaseCertificate): boolean => {
  const path = machine.at(`${live(name)}/fullchain.pem`);
  if (!existsSync(path)) return false;
  const pem = readFileSync(path, "utf8");
  const known = new Set(hostsOf(pem));
  return (
    hosts.every((host) => known.has(host)) &&
    Date.parse(new X509Certificate(pem).validTo) > machine.now().getTime()
  );
};

/** Points nginx at Let's Encrypt's certificate, or, before there is one, at a placeholder of its own making: it has to start to be asked for the challenge. */
export const linkCertificate = async (
  machine: Machine,
  { name, hosts }: ReleaseCertificate,
): Promise<void> => {
  const link = machine.at(`${PATHS.tls}/${name}`);
  if (existsSync(machine.at(`${live(name)}/fullchain.pem`))) {
    if (linkTarget(link) !== live(name)) switchLink(link, live(name));
    return;
  }
  const folder = `${PATHS.tls}/.placeholder-${name}`;
  if (!existsSync(machine.at(`${folder}/fullchain.pem`))) {
    mkdirSync(machine.at(folder), { recursive: true, mode: 0o700 });
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
      machine.at(`${folder}/privkey.pem`),
      "-out",
      machine.at(`${folder}/fullchain.pem`),
    ]);
  }
  if (linkTarget(link) !== folder) switchLink(link, folder);
};

/** Asks Let's Encrypt for what is missing and has nginx serve it. nginx runs already and answers the challenge on port 80. Once `services` have failed the release is going back, and is not held up by trying again. */
export const obtain = async (
  machine: Machine,
  certificate: ReleaseCertificate,
  services: Promise<void>,
): Promise<void> => {
  if (isGood(machine, certificate)) return;
  const { name, hosts, email } = certificate;
  machine.log(`asking Let's Encrypt for a certificate for ${hosts.length} names`);
  mkdirSync(machine.at(PATHS.webroot), { recursive: true, mode: 0o755 });
  let hopeless = false;
  const failed = new Promise<void>((resolve) => {
    services.catch(() => {
      hopeless = true;
      resolve();
    });
  });
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
    "--expand",
    "--keep-until-expiring",
    ...hosts.flatMap((host) => ["--domain", host]),
  ];
  for (let attempt = 0; ; attempt++) {
    const { code, stdout, stderr } = await machine.run(argv);
    if (code === 0) break;
    const words = `${stdout}\n${stderr}`.trim().split("\n").slice(-12).join("\n  ");
    const pause = PAUSES_MS[attempt];
    const refusal = new Error(
      `certbot could not get a certificate for ${hosts.join(", ")}. Do the names point at this machine, and is port 80 open?\n  ${words}`,
    );
    if (pause === undefined || hopeless) throw refusal;
    machine.log(`certbot: not yet; once more in ${pause / 1000} s`);
    await machine.sleep(pause, failed);
    if (hopeless) throw refusal;
  }
  await linkCertificate(machine, certificate);
  await must(machine, ["systemctl", "reload-or-restart", UNITS.nginx]);
  machine.log("certificate in force");
};
