import { createPrivateKey } from "node:crypto";
import { readdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";

import { DEBIAN_PATHS, PATHS } from "@second-server/contract/paths";
import type { ReleaseCertificate } from "@second-server/contract/release";

import { writeWhole, makeFolder } from "../files";
import type { Machine } from "../machine";
import {
  type Parsed,
  folderBelow,
  isTrusted,
  pairOf,
  parse,
  pemOf,
  textOf,
} from "./certificate-pair";

/*
 * From the backup come a certificate, its key and the account, each parsed and written anew: see
 * certificate-pair.ts.
 */

const SERVER = "acme-v02.api.letsencrypt.org";

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
