import { lstatSync } from "node:fs";

import { bytesOf, shown } from "../file-names";
import type { Machine } from "../machine";
import { bring, fetchManifest } from "./bring";
import { type BackupManifest, readManifest } from "./manifest";
import { ANSWER_LIMIT, peer } from "./peer-link";
import { type Within, withinQuota } from "./quota";
import { Refused } from "./refusals";
import { backupIds, folderOf, isSound, quotaOf } from "./store";

/** An honest primary is done long before; each of its steps has a shorter deadline of its own. */
const PREPARE_SECONDS = 20 * 60;
const FETCH_SECONDS = 2 * 3600;

const nodeOf = (path: string): string | undefined => {
  try {
    const seen = lstatSync(bytesOf(path));
    return seen.isFile() ? `${seen.dev}:${seen.ino}` : undefined;
  } catch {
    return undefined;
  }
};
const sharesFiles = (machine: Machine, id: string, other: string): boolean => {
  const manifest = readManifest(folderOf(machine, id));
  return (
    "fault" in manifest ||
    manifest.entries.some((entry) => {
      const node = nodeOf(`${folderOf(machine, id)}/${entry.path}`);
      return node !== undefined && node === nodeOf(`${folderOf(machine, other)}/${entry.path}`);
    })
  );
};

/**
 * The backup whose unchanged files the new one links to: the newest that has no file in common with
 * the newest of all. So the newest two never share one, and a file that is damaged in one is whole
 * in the other; days of hourly backups take little more than twice the room of one.
 */
export const baseFor = (machine: Machine): string | undefined => {
  const [newest, ...older] = backupIds(machine);
  return newest === undefined ? undefined : older.find((id) => !sharesFiles(machine, id, newest));
};

/** By what the newest good backup held, or the owner's word. */
const bounded = (machine: Machine, told: BackupManifest): Within => {
  const id = backupIds(machine).find((one) => isSound(machine, one));
  const before = id === undefined ? undefined : readManifest(folderOf(machine, id));
  const within = withinQuota(
    told,
    before && !("fault" in before) ? before : undefined,
    quotaOf(machine),
  );
  if (within.refused === undefined) return within;
  throw new Refused(`fleet-agent backup pull: refused what the primary gives: ${within.refused}`);
};

/** What ssh ends with when it is the connection that failed. */
const NO_CONNECTION = 255;
const askToPrepare = async (machine: Machine): Promise<void> => {
  const { code, stderr } = await machine.run(peer("prepare"), {
    seconds: PREPARE_SECONDS,
    limit: ANSWER_LIMIT,
  });
  if (code === 0) return;
  const words = `fleet-agent backup pull: the primary did not prepare a backup (exit ${code}): ${shown(stderr.trim())}`;
  throw code === NO_CONNECTION ? new Error(words) : new Refused(words);
};

/**
 * One backup of the primary, checked file by file, into an empty folder. Every step has a deadline,
 * and what it may bring is bounded before it comes.
 */
export const fetchInto = async (machine: Machine, folder: string): Promise<BackupManifest> => {
  await askToPrepare(machine);
  const { manifest: told, without } = bounded(machine, await fetchManifest(machine, folder));
  const base = baseFor(machine);
  const known = base === undefined ? undefined : folderOf(machine, base);
  return await bring(machine, folder, told, known, without, {
    options: [],
    seconds: FETCH_SECONDS,
  });
};
