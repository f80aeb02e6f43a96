import { rmSync, symlinkSync } from "node:fs";

import { messageOf } from "@second-server/contract/caught";
import { DEBIAN_PATHS, PATHS } from "@second-server/contract/paths";
import type { ReleaseCertificate } from "@second-server/contract/release";

import { writeWhole, makeFolder } from "../files";
import type { Machine } from "../machine";
import { ACME_SERVER, putAccount } from "./certificate-account";
import { type Parsed, folderBelow, isTrusted, pairOf, parse, pemOf } from "./certificate-pair";

/*
 * From the backup come a certificate, its key and the account, each parsed and written anew: see
 * certificate-pair.ts.
 */

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
    `server = https://${ACME_SERVER}/directory`,
    "[[webroot_map]]",
    ...hosts.map((host) => `${host} = ${PATHS.webroot}`),
  ];
  writeWhole(machine.at(`${base}/renewal/${name}.conf`), `${lines.join("\n")}\n`, 0o600);
};

/**
 * Puts the certificates of a received backup back, or says why one is not; Let's Encrypt is asked
 * for that one then.
 * @returns the names of those that are back.
 */
export const putCertificates = async (
  machine: Machine,
  certificates: readonly ReleaseCertificate[],
): Promise<readonly string[]> => {
  const root = folderBelow(machine.at(PATHS.restore), "letsencrypt");
  if (root === undefined) return [];
  const back: string[] = [];
  const account = putAccount(root, machine.at(DEBIAN_PATHS.letsencrypt));
  for (const certificate of certificates) {
    const pair = pairOf(root, certificate.name);
    try {
      if (pair === undefined) throw new Error("there is none");
      const parsed = parse(pair, certificate, machine.now());
      if (!(await isTrusted(machine, parsed)))
        throw new Error("nothing that this machine trusts has signed it");
      writeAnew(machine, certificate, parsed, account);
      back.push(certificate.name);
    } catch (error) {
      machine.log(
        `the backup's certificate is not put back: ${messageOf(error)}. A new one is asked for.`,
      );
    }
  }
  return back;
};
