import { existsSync, readdirSync, rmSync } from "node:fs";

import {
  type BackupKeep,
  type BackupPolicy,
  type BackupStatus,
  DEFAULT_BACKUP_KEEP,
  type ListedBackup,
} from "@second-server/contract/backups";
import { PATHS } from "@second-server/contract/paths";

import { shown } from "../file-names";
import { readJson, readText, writeWhole, makeFolder } from "../files";
import type { Machine } from "../machine";
import { failedItems } from "./items";
import { faultsOf, readManifest, sizeOf } from "./manifest";
import { expired, isId } from "./retention";

const policyOf = (machine: Machine): Partial<BackupPolicy> =>
  readJson<Partial<BackupPolicy>>(machine.at(PATHS.backupPolicy)) ?? {};
export const expectedItems = (machine: Machine): readonly string[] | undefined =>
  policyOf(machine).items;

export const everyMinutesOf = (machine: Machine): number | undefined =>
  policyOf(machine).everyMinutes;

export const quotaOf = (machine: Machine): NonNullable<BackupPolicy["quota"]> =>
  policyOf(machine).quota ?? {};

export const keepOf = (machine: Machine): BackupKeep =>
  policyOf(machine).keep ?? DEFAULT_BACKUP_KEEP;

export const folderOf = (machine: Machine, id: string): string =>
  machine.at(`${PATHS.backups}/${id}`);

/**
 * The ids in the order in which they were taken, a line each: the clock that names them may have
 * been wrong.
 */
const orderPath = (machine: Machine): string => machine.at(`${PATHS.backups}/order`);

/**
 * An id that was not written down (an earlier agent's, or a damaged line) stands after the last one
 * that its name follows.
 */
const inOrder = (names: readonly string[], written: readonly string[]): readonly string[] => {
  const order = [...new Set(written)].filter((id) => names.includes(id));
  for (const id of names.filter((name) => !order.includes(name)).sort()) {
    const before = order.findLastIndex((other) => other < id);
    order.splice(before + 1, 0, id);
  }
  return order;
};

/** All backups, the one taken last first. */
export const backupIds = (machine: Machine): readonly string[] => {
  const folder = machine.at(PATHS.backups);
  if (!existsSync(folder)) return [];
  const written = (readText(orderPath(machine)) ?? "").split("\n").filter(isId);
  return [...inOrder(readdirSync(folder).filter(isId), written)].reverse();
};

/** Before the backup gets its name, so that none is ever without its place. */
export const noteOrder = (machine: Machine, id: string): void => {
  writeWhole(
    orderPath(machine),
    `${[...backupIds(machine)]
      .reverse()
      .filter((other) => other !== id)
      .concat(id)
      .join("\n")}\n`,
    0o600,
  );
};

const doubtPath = (machine: Machine, id: string): string => `${folderOf(machine, id)}.doubtful`;

/**
 * Why a backup is not to be trusted; empty when nothing speaks against it. That there is a note is
 * enough, whatever has become of its text.
 */
export const doubtsOf = (machine: Machine, id: string): readonly string[] => {
  if (!existsSync(doubtPath(machine, id))) return [];
  const lines = (readText(doubtPath(machine, id)) ?? "").split("\n").filter((line) => line !== "");
  return lines.length > 0 ? lines : ["it is marked as doubtful"];
};

export const noteDoubts = (machine: Machine, id: string, doubts: readonly string[]): void => {
  if (doubts.length > 0) writeWhole(doubtPath(machine, id), `${doubts.join("\n")}\n`, 0o600);
};

/** By an operator who knows why less is there: from now on the backup is one like any other. */
export const accept = (machine: Machine, asked: string | undefined): void => {
  const id = asked ?? backupIds(machine)[0];
  if (id === undefined || !backupIds(machine).includes(id))
    throw new Error(
      `fleet-agent backup accept: there is no backup "${id ?? ""}". See: fleet-agent backup list`,
    );
  rmSync(doubtPath(machine, id), { force: true });
  recordStatus(machine, { problems: undefined });
  machine.log(`${id} counts as good: what it lacks is not missed any more`);
};

/** What is known of a backup without reading its files. */
export const isSound = (machine: Machine, id: string): boolean => {
  if (doubtsOf(machine, id).length > 0) return false;
  const manifest = readManifest(folderOf(machine, id));
  return !("fault" in manifest) && failedItems(manifest).length === 0;
};

/** The one that was asked for, or the newest that is whole and that nothing speaks against. */
export const chosen = (machine: Machine, asked: string | undefined): string | undefined => {
  if (asked === undefined)
    return backupIds(machine).find(
      (id) => isSound(machine, id) && faultsOf(folderOf(machine, id)).length === 0,
    );
  if (!backupIds(machine).includes(asked))
    throw new Error(
      `fleet-agent backup: there is no backup "${asked}". See: fleet-agent backup list`,
    );
  return asked;
};

export interface LettingGo {
  /** @default as the policy says */
  readonly keep?: BackupKeep;
}

/**
 * Lets old folders go. Those that are doubtful or lack an item count by themselves: they push out
 * no good one. Only deletes, so that it works on a full disk.
 */
export const letGo = (
  machine: Machine,
  { keep = keepOf(machine) }: LettingGo = {},
): readonly string[] => {
  const ids = [...backupIds(machine)].reverse();
  const sound = ids.filter((id) => isSound(machine, id));
  const others = ids.filter((id) => !sound.includes(id));
  const gone = [sound, others].flatMap((some) => expired(some, keep, everyMinutesOf(machine)));
  for (const id of gone) {
    rmSync(folderOf(machine, id), { recursive: true, force: true });
    rmSync(doubtPath(machine, id), { force: true });
  }
  return gone;
};

export const statusOf = (machine: Machine): BackupStatus =>
  readJson<BackupStatus>(machine.at(PATHS.backupStatus)) ?? {};

export const recordStatus = (machine: Machine, news: BackupStatus): void => {
  makeFolder(machine.at(PATHS.backups), 0o711);
  const before = statusOf(machine);
  // Readable by the Observatory, which is not root; it holds no secret.
  writeWhole(
    machine.at(PATHS.backupStatus),
    `${JSON.stringify({ ...before, ...news }, undefined, 2)}\n`,
    0o644,
  );
};

const listed = (machine: Machine, id: string): ListedBackup => {
  const manifest = readManifest(folderOf(machine, id));
  if ("fault" in manifest)
    return {
      id,
      at: "unknown",
      files: 0,
      bytes: 0,
      release: "",
      damaged: manifest.fault,
    };
  const [doubts, failed] = [doubtsOf(machine, id), failedItems(manifest)];
  return {
    id,
    at: manifest.at,
    files: manifest.entries.length,
    bytes: sizeOf(manifest),
    release: manifest.release.slice(0, 12),
    ...(doubts.length > 0 && { doubts }),
    ...(failed.length > 0 && {
      failed: failed.map((item) => `${shown(item.path)}: ${shown(item.failed)}`),
    }),
  };
};
export const list = (machine: Machine): readonly ListedBackup[] =>
  backupIds(machine).map((id) => listed(machine, id));

/** Checks every file of one backup, or of all; rejects with everything that is wrong. */
export const verifyBackups = (machine: Machine, asked: string | undefined): void => {
  const ids = asked === undefined ? backupIds(machine) : [chosen(machine, asked) ?? asked];
  const faults = ids.flatMap((id) =>
    faultsOf(folderOf(machine, id)).map((fault) => `${id}: ${fault}`),
  );
  if (faults.length > 0) throw new Error(`fleet-agent backup verify:\n  ${faults.join("\n  ")}`);
  machine.log(
    ids.length === 0 ? "there is no backup yet" : `${ids.length} backups verified, file by file`,
  );
};
