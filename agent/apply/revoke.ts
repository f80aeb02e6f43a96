import { createPrivateKey } from "node:crypto";
import { readdirSync, rmSync } from "node:fs";

import { PATHS } from "@second-server/contract/paths";

import { putAccount } from "../backup/certificate-account";
import { type Pair, certificatesIn, folderBelow, pairsIn } from "../backup/certificate-pair";
import { HAD } from "../backup/had-certificates";
import { writeWhole } from "../files";
import type { Machine } from "../machine";
import { note } from "../record";

const SECONDS = 120;
const WORK = `${PATHS.agentState}/revoke`;

interface Had {
  readonly leaf: string;
  readonly serial: string;
  readonly key: string;
}

/** Those that are in force still, and whose key is there: others can't be revoked, or need not be. */
const inForce = ({ chain, key }: Pair, now: Date): readonly Had[] => {
  try {
    const [leaf] = certificatesIn(chain);
    if (!leaf?.checkPrivateKey(createPrivateKey(key))) return [];
    return Date.parse(leaf.validTo) > now.getTime()
      ? [{ leaf: leaf.toString(), serial: leaf.serialNumber, key }]
      : [];
  } catch {
    return [];
  }
};

const foldersIn = (folder: string | undefined): readonly string[] =>
  (folder === undefined ? [] : readdirSync(folder)).flatMap(
    (name) => folderBelow(folder ?? "", name) ?? [],
  );

/** Each once, of all backups. */
const hadIn = (root: string, now: Date): readonly Had[] => {
  const all = foldersIn(root)
    .flatMap((backup) => foldersIn(folderBelow(backup, "archive")))
    .flatMap(pairsIn)
    .flatMap((pair) => inForce(pair, now));
  return [...new Map(all.map((one) => [one.serial, one])).values()];
};

/**
 * What went wrong, of what certbot prints: the server's words alone, without their type, between a
 * line that begins and one that tells where to find help.
 */
const complaintOf = (said: string): string =>
  /unexpected error occurred:\s*(\S.*)/.exec(said)?.[1] ??
  said.trim().split("\n").at(-1) ??
  "certbot says nothing";

/** "Certificate already revoked", "Certificate has already been revoked.", as servers say it. */
const ALREADY = /already ?(been )?revoked/i;

/** Why it is not revoked; undefined when it is. By its own key: no account is needed. */
const revoke = async (machine: Machine, { leaf, key }: Had): Promise<string | undefined> => {
  const at = machine.at(WORK);
  writeWhole(`${at}/leaf.pem`, leaf, 0o600);
  writeWhole(`${at}/key.pem`, key, 0o600);
  const { code, stdout, stderr } = await machine.run(
    [
      ...["certbot", "revoke", "--non-interactive", "--no-delete-after-revoke"],
      ...["--reason", "keycompromise"],
      ...["--cert-path", `${at}/leaf.pem`, "--key-path", `${at}/key.pem`],
    ],
    { seconds: SECONDS },
  );
  const said = `${stdout}\n${stderr}`;
  return code === 0 || ALREADY.test(said) ? undefined : complaintOf(said);
};

/** Its key was the other one's too: names that it has proved lately could be signed for by it. */
const closeAccount = async (
  machine: Machine,
  backup: string,
  closed: Set<string>,
): Promise<string | undefined> => {
  const at = machine.at(`${WORK}/${backup.split("/").at(-1) ?? ""}`);
  const id = putAccount(backup, at);
  if (id === undefined || closed.has(id)) return undefined;
  closed.add(id);
  const { code, stderr } = await machine.run(
    [
      ...["certbot", "unregister", "--non-interactive", "--account", id],
      ...["--config-dir", at, "--work-dir", `${at}/work`, "--logs-dir", `${at}/logs`],
    ],
    { seconds: SECONDS },
  );
  return code === 0 || /deactivated/i.test(stderr) ? undefined : complaintOf(stderr);
};

/**
 * On a primary that has taken the place of one that somebody else has had, once its own new
 * certificates are in force: those of before are revoked, and their accounts closed. What does not
 * succeed is told, and tried again by the next apply.
 */
export const revokeHad = async (machine: Machine): Promise<void> => {
  const root = folderBelow(machine.at(`${PATHS.restore}.done`), HAD);
  if (root === undefined) return;
  const [failures, had] = [[] as string[], hadIn(root, machine.now())];
  for (const one of had) {
    const why = await revoke(machine, one);
    machine.log(
      `the certificate ${one.serial} ${why === undefined ? "is revoked" : `could not be revoked: ${why}`}`,
    );
    if (why !== undefined) failures.push(why);
  }
  const closed = new Set<string>();
  for (const backup of foldersIn(root)) {
    const why = await closeAccount(machine, backup, closed);
    if (why !== undefined) machine.log(`an account of before could not be closed: ${why}`);
  }
  rmSync(machine.at(WORK), { recursive: true, force: true });
  if (failures.length === 0) rmSync(root, { recursive: true, force: true });
  note(machine, `revoked ${had.length - failures.length} of ${had.length} certificates of before`);
};
