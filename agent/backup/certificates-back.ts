import { X509Certificate, createPrivateKey } from "node:crypto";
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { join } from "node:path";

import { DEBIAN_PATHS, PATHS } from "@second-server/contract/paths";
import type { ReleaseCertificate } from "@second-server/contract/release";

import { writeWhole, makeFolder } from "../files";
import type { Machine } from "../machine";

/*
 * The machine that the backup is of may have been taken over. From its /etc/letsencrypt come a certificate, its key and the account, each parsed and written anew;
 * no hook, no configuration, no link, nothing that would ever be executed.
 */

/** No certificate, key or account is larger. */
const LIMIT = 64 * 1024;
const SERVER = "acme-v02.api.letsencrypt.org";

const isFolder = (path: string): boolean =>
  lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/** A folder below another one, none of them a link; undefined where there is none. */
const folderBelow = (root: string, ...names: readonly string[]): string | undefined =>
  names.reduce<string | undefined>((folder, name) => {
    if (folder === undefined) return undefined;
    const next = join(folder, name);
    return isFolder(next) ? next : undefined;
  }, root);

/**
 * A regular file of a sensible size, in a folder that is none's link; undefined for everything
 * else. Never waits for a pipe.
 */
const textOf = (folder: string | undefined, name: string): string | undefined => {
  if (folder === undefined) return undefined;
  try {
    const handle = openSync(
      join(folder, name),
      constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
    );
    try {
      const seen = fstatSync(handle);
      return seen.isFile() && seen.size <= LIMIT ? readFileSync(handle, "utf8") : undefined;
    } finally {
      closeSync(handle);
    }
  } catch {
    return undefined;
  }
};

interface Pair {
  readonly chain: string;
  readonly key: string;
}

/** certbot numbers its files; the newest whole pair counts. */
const pairOf = (root: string, name: string): Pair | undefined => {
  const archive = folderBelow(root, "archive", name);
  const numbers = (archive === undefined ? [] : readdirSync(archive))
    .flatMap((file) => /^fullchain(\d{1,6})\.pem$/.exec(file)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => b - a);
  const places = [
    ...numbers.map((number) => [archive, String(number)] as const),
    [folderBelow(root, "live", name), ""] as const,
  ];
  for (const [folder, number] of places) {
    const chain = textOf(folder, `fullchain${number}.pem`);
    const key = textOf(folder, `privkey${number}.pem`);
    if (chain !== undefined && key !== undefined) return { chain, key };
  }
  return undefined;
};

const namesOf = (certificate: X509Certificate): readonly string[] =>
  (certificate.subjectAltName ?? "").split(", ").map((entry) => entry.replace(/^DNS:/, ""));

interface Parsed {
  readonly chain: readonly X509Certificate[];
  readonly key: string;
}

/**
 * Parsed, and what is wrong with it told by throwing: the key fits, the names are ours, each
 * certificate is signed by the next.
 */
const parse = ({ chain, key }: Pair, { hosts }: ReleaseCertificate, now: Date): Parsed => {
  const certificates = (
    chain.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
  ).map((pem) => new X509Certificate(pem));
  const [leaf] = certificates;
  if (leaf === undefined) throw new Error("there is no certificate in it");
  const privateKey = createPrivateKey(key);
  if (!leaf.checkPrivateKey(privateKey)) throw new Error("its key is another one's");
  const foreign = namesOf(leaf).filter((name) => !hosts.includes(name));
  if (foreign.length > 0)
    throw new Error(`it is for names that are not ours: ${foreign.join(", ")}`);
  if (Date.parse(leaf.validTo) <= now.getTime()) throw new Error(`it ended on ${leaf.validTo}`);
  certificates.slice(1).forEach((issuer, index) => {
    const issued = certificates[index];
    if (issued?.checkIssued(issuer) !== true || !issued.verify(issuer.publicKey))
      throw new Error("its chain does not hold together");
  });
  return {
    chain: certificates,
    key: String(privateKey.export({ type: "pkcs8", format: "pem" })),
  };
};

const pemOf = (certificates: readonly X509Certificate[]): string => certificates.join("");

/**
 * Trusted by what this machine trusts: visitors would refuse another one, and nobody would ask for
 * a better.
 */
const isTrusted = async (machine: Machine, { chain }: Parsed): Promise<boolean> => {
  const folder = machine.at(`${PATHS.agentState}/certificate`);
  rmSync(folder, { recursive: true, force: true });
  writeWhole(`${folder}/leaf.pem`, pemOf(chain.slice(0, 1)), 0o600);
  writeWhole(`${folder}/chain.pem`, pemOf(chain), 0o600);
  const { code } = await machine.run([
    "openssl",
    "verify",
    "-untrusted",
    `${folder}/chain.pem`,
    `${folder}/leaf.pem`,
  ]);
  rmSync(folder, { recursive: true, force: true });
  return code === 0;
};

const objectIn = (text: string | undefined): Readonly<Record<string, unknown>> => {
  const value: unknown = JSON.parse(text ?? "0");
  if (typeof value !== "object" || !value) throw new Error("it is no object");
  return Object.fromEntries(Object.entries(value));
};

/**
 * The account that may renew, so that its limits and its history go on; its name, or undefined
 * where none can be used.
 */
const putAccount = (root: string, target: string): string | undefined => {
  const accounts = folderBelow(root, "accounts", SERVER, "directory");
  for (const id of accounts === undefined ? [] : readdirSync(accounts)) {
    if (!/^[0-9a-f]{32}$/.test(id)) continue;
    const folder = folderBelow(accounts ?? "", id);
    try {
      const jwk = createPrivateKey({
        key: objectIn(textOf(folder, "private_key.json")),
        format: "jwk",
      }).export({ format: "jwk" });
      const { uri } = objectIn(textOf(folder, "regr.json"));
      if (typeof uri !== "string" || !uri.startsWith(`https://${SERVER}/`)) continue;
      const files = {
        "private_key.json": jwk,
        "regr.json": { body: {}, uri },
        "meta.json": { creation_dt: "2026-01-01T00:00:00Z", creation_host: "restored" },
      };
      const place = join(target, "accounts", SERVER, "directory", id);
      makeFolder(place, 0o700);
      for (const [name, value] of Object.entries(files))
        writeWhole(join(place, name), JSON.stringify(value), 0o400);
      return id;
    } catch {
      // Not an account: another one may be.
    }
  }
  return undefined;
};

const PARTS = ["cert", "chain", "fullchain", "privkey"] as const;

/** As certbot keeps them, by our own hand: files, links and how to renew. */
const writeAnew = (
  machine: Machine,
  { name, hosts }: ReleaseCertificate,
  { chain, key }: Parsed,
  account: string | undefined,
): void => {
  const base = DEBIAN_PATHS.letsencrypt;
  const texts = {
    cert: pemOf(chain.slice(0, 1)),
    chain: pemOf(chain.slice(1)),
    fullchain: pemOf(chain),
    privkey: key,
  };
  for (const folder of [`${base}/archive/${name}`, `${base}/live/${name}`]) {
    rmSync(machine.at(folder), { recursive: true, force: true });
    makeFolder(machine.at(folder), 0o700);
  }
  for (const part of PARTS) {
    writeWhole(machine.at(`${base}/archive/${name}/${part}1.pem`), texts[part], 0o600);
    symlinkSync(
      `../../archive/${name}/${part}1.pem`,
      machine.at(`${base}/live/${name}/${part}.pem`),
    );
  }
  const lines = [
    `archive_dir = ${base}/archive/${name}`,
    ...PARTS.map((part) => `${part} = ${base}/live/${name}/${part}.pem`),
    "[renewalparams]",
    ...(account === undefined ? [] : [`account = ${account}`]),
    "authenticator = webroot",
    `webroot_path = ${PATHS.webroot},`,
    `server = https://${SERVER}/directory`,
    "[[webroot_map]]",
    ...hosts.map((host) => `${host} = ${PATHS.webroot}`),
  ];
  writeWhole(machine.at(`${base}/renewal/${name}.conf`), `${lines.join("\n")}\n`, 0o600);
};

/**
 * Puts the certificates of a received backup back, or says why one is not; Let's Encrypt is asked
 * for that one then.
 */
export const putCertificates = async (
  machine: Machine,
  certificates: readonly ReleaseCertificate[],
): Promise<void> => {
  const root = folderBelow(machine.at(PATHS.restore), "letsencrypt");
  if (root === undefined) return;
  const account = putAccount(root, machine.at(DEBIAN_PATHS.letsencrypt));
  for (const certificate of certificates) {
    const pair = pairOf(root, certificate.name);
    try {
      if (pair === undefined) throw new Error("there is none");
      const parsed = parse(pair, certificate, machine.now());
      if (!(await isTrusted(machine, parsed)))
        throw new Error("nothing that this machine trusts has signed it");
      writeAnew(machine, certificate, parsed, account);
    } catch (error) {
      machine.log(
        `the backup's certificate is not put back: ${(error as Error).message}. A new one is asked for.`,
      );
    }
  }
};
