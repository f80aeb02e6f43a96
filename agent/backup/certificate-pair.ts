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
} from "node:fs";
import { join } from "node:path";

import { PATHS } from "@second-server/contract/paths";

import { writeWhole } from "../files";
import type { Machine } from "../machine";

/*
 * The machine that the backup is of may have been taken over. From its /etc/letsencrypt comes a
 * certificate with its key, parsed; no hook, no configuration, no link, nothing that would ever be
 * executed.
 */

/** No certificate, key or account is larger. */
const LIMIT = 64 * 1024;

const isFolder = (path: string): boolean =>
  lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/** A folder below another one, none of them a link; undefined where there is none. */
export const folderBelow = (root: string, ...names: readonly string[]): string | undefined =>
  names.reduce<string | undefined>((folder, name) => {
    if (folder === undefined) return undefined;
    const next = join(folder, name);
    return isFolder(next) ? next : undefined;
  }, root);

/**
 * A regular file of a sensible size, in a folder that is none's link; undefined for everything
 * else. Never waits for a pipe.
 */
export const textOf = (folder: string | undefined, name: string): string | undefined => {
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

export interface Pair {
  readonly chain: string;
  readonly key: string;
}

const pairIn = (folder: string | undefined, number: string): readonly Pair[] => {
  const chain = textOf(folder, `fullchain${number}.pem`);
  const key = textOf(folder, `privkey${number}.pem`);
  return chain !== undefined && key !== undefined ? [{ chain, key }] : [];
};

/** certbot numbers its files; the whole pairs of a folder, the newest first. */
export const pairsIn = (archive: string | undefined): readonly Pair[] =>
  (archive === undefined ? [] : readdirSync(archive))
    .flatMap((file) => /^fullchain(\d{1,6})\.pem$/.exec(file)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => b - a)
    .flatMap((number) => pairIn(archive, String(number)));

/** The one that counts. */
export const pairOf = (root: string, name: string): Pair | undefined =>
  pairsIn(folderBelow(root, "archive", name))[0] ?? pairIn(folderBelow(root, "live", name), "")[0];

/** @throws where one is none. */
export const certificatesIn = (chain: string): readonly X509Certificate[] =>
  (chain.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).map(
    (pem) => new X509Certificate(pem),
  );

const namesOf = (certificate: X509Certificate): readonly string[] =>
  (certificate.subjectAltName ?? "").split(", ").map((entry) => entry.replace(/^DNS:/, ""));

export interface Parsed {
  readonly chain: readonly X509Certificate[];
  readonly key: string;
}

/**
 * Parsed, and what is wrong with it told by throwing: the key fits, the names are ours, each
 * certificate is signed by the next.
 */
export const parse = (
  { chain, key }: Pair,
  { hosts }: { readonly hosts: readonly string[] },
  now: Date,
): Parsed => {
  const certificates = certificatesIn(chain);
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

export const pemOf = (certificates: readonly X509Certificate[]): string => certificates.join("");

/**
 * Trusted by what this machine trusts: visitors would refuse another one, and nobody would ask for
 * a better.
 */
export const isTrusted = async (machine: Machine, { chain }: Parsed): Promise<boolean> => {
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
