import { existsSync, mkdirSync, readdirSync } from "node:fs";

import {
  type BackupKeep,
  type BackupPolicy,
  type BackupStatus,
  DEFAULT_BACKUP_KEEP,
  type ListedBackup,
} from "@second-server/contract/backups";
import { PATHS } from "@second-server/contract/paths";

import { readJson, writeWhole } from "../files";
import type { Machine } from "../machine";
import { type BackupManifest, MANIFEST, faultsOf, sizeOf } from "./manifest";
import { isId } from "./retention";

export const keepOf = (machine: Machine): BackupKeep =>
  readJson<Partial<BackupPolicy>>(machine.at(PATHS.backupPolicy))?.keep ?? DEFAULT_BACKUP_KEEP;

export const folderOf = (machine: Machine, id: string): string =>
  machine.at(`${PATHS.backups}/${id}`);

/** Whole backups, newest first. */
export const backupIds = (machine: Machine): readonly string[] => {
  const folder = machine.at(PATHS.backups);
  return existsSync(folder) ? readdirSync(folder).filter(isId).sort().reverse() : [];
};

/** The one that was asked for, or the newest that is whole. */
export const chosen = (machine: Machine, asked: string | undefined): string | undefined => {
  if (asked === undefined)
    return backupIds(machine).find((id) => faultsOf(folderOf(machine, id)).length === 0);
  if (!backupIds(machine).includes(asked))
    throw new Error(
      `fleet-agent backup: there is no backup "${asked}". See: fleet-agent backup list`,
    );
  return asked;
};

export const recordStatus = (machine: Machine, news: BackupStatus): void => {
  mkdirSync(machine.at(PATHS.backups), { recursive: true, mode: 0o711 });
  const before = readJson<BackupStatus>(machine.at(PATHS.backupStatus)) ?? {};
  // Readable by the Observatory, which is not root; it holds no secret.
  writeWhole(
    machine.at(PATHS.backupStatus),
    `${JSON.stringify({ ...before, ...news }, undefined, 2)}\n`,
    0o644,
  );
};

export const list = (machine: Machine): readonly ListedBackup[] =>
  backupIds(machine).flatMap((id) => {
    const manifest = readJson<BackupManifest>(`${folderOf(machine, id)}/${MANIFEST}`);
    return manifest
      ? [
          {
            id,
            at: manifest.at,
            files: manifest.entries.length,
            bytes: sizeOf(manifest),
            release: manifest.release.slice(0, 12),
          },
        ]
      : [];
  });

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
