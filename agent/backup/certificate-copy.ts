import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync, rmSync } from "node:fs";

import { messageOf } from "@second-server/contract/caught";
import type { CertificateCopy } from "@second-server/contract/failover";
import { UNITS } from "@second-server/contract/names";
import { PATHS } from "@second-server/contract/paths";
import type { Release, ReleaseCertificateCopy } from "@second-server/contract/release";

import { linkTarget, makeFolder, switchLink, writeWhole } from "../files";
import { type Machine, must } from "../machine";
import { readApplied } from "../record";
import { type Parsed, folderBelow, isTrusted, pairOf, parse, pemOf } from "./certificate-pair";
import { backupIds, folderOf, isSound } from "./store";

/** What the newest good backup has, parsed, good for nobody else's names, and trusted. */
const newestOf = async (
  machine: Machine,
  { of, hosts }: ReleaseCertificateCopy,
): Promise<Parsed> => {
  const id = backupIds(machine).find((one) => isSound(machine, one));
  if (id === undefined) throw new Error("there is no good backup yet");
  const root = folderBelow(folderOf(machine, id), "letsencrypt");
  const pair = root === undefined ? undefined : pairOf(root, of);
  if (pair === undefined) throw new Error(`the backup ${id} has none`);
  const parsed = parse(pair, { hosts }, machine.now());
  if (!(await isTrusted(machine, parsed)))
    throw new Error("nothing that this machine trusts has signed it");
  return parsed;
};

const prefixOf = (name: string): string => `.copy-${name}-`;

/** Root's alone, as nginx reads it before it becomes somebody else. @returns whether it is new. */
const putInForce = (machine: Machine, name: string, { chain, key }: Parsed): boolean => {
  const texts = { "fullchain.pem": pemOf(chain), "privkey.pem": key };
  const hash = createHash("sha256").update(texts["fullchain.pem"]).digest("hex").slice(0, 16);
  const folder = `${PATHS.tls}/${prefixOf(name)}${hash}`;
  const isThere = Object.entries(texts).every(([file, text]) => {
    const path = machine.at(`${folder}/${file}`);
    return existsSync(path) && readFileSync(path, "utf8") === text;
  });
  const link = machine.at(`${PATHS.tls}/${name}`);
  if (isThere && linkTarget(link) === folder) return false;
  makeFolder(machine.at(folder), 0o700);
  for (const [file, text] of Object.entries(texts))
    writeWhole(machine.at(`${folder}/${file}`), text, 0o600);
  switchLink(link, folder);
  for (const other of readdirSync(machine.at(PATHS.tls)))
    if (other.startsWith(prefixOf(name)) && !folder.endsWith(`/${other}`))
      rmSync(machine.at(`${PATHS.tls}/${other}`), { recursive: true, force: true });
  return true;
};

/** For the check of whether a failover would work; the one in force stays where a new one is bad. */
const record = (machine: Machine, news: CertificateCopy): void =>
  writeWhole(machine.at(PATHS.certificateCopy), `${JSON.stringify(news)}\n`, 0o644);

const before = (machine: Machine): Partial<CertificateCopy> => {
  try {
    return JSON.parse(
      readFileSync(machine.at(PATHS.certificateCopy), "utf8"),
    ) as Partial<CertificateCopy>;
  } catch {
    return {};
  }
};

/**
 * Keeps the copies of the other machine's certificates as fresh as the newest good backup. As root:
 * whoever pulls has no business in nginx's folders.
 */
export const refreshCopies = async (
  machine: Machine,
  copies: Release["certificateCopies"] = readApplied(machine)?.release.certificateCopies,
): Promise<void> => {
  for (const copy of copies ?? []) {
    const at = machine.now().toISOString();
    try {
      const parsed = await newestOf(machine, copy);
      const until = new Date(parsed.chain[0]?.validTo ?? 0).toISOString();
      const isNew = putInForce(machine, copy.name, parsed);
      record(machine, { at, until });
      if (!isNew) continue;
      // nginx is not there yet where this is a first release: it starts with the copy.
      await must(machine, ["systemctl", "try-reload-or-restart", UNITS.nginx]);
      machine.log(`the copy of the primary's certificate is in force, good until ${until}`);
    } catch (error) {
      const problem = messageOf(error);
      record(machine, { ...before(machine), at, problem });
      machine.log(`the copy of the primary's certificate stays as it is: ${problem}`);
    }
  }
};
