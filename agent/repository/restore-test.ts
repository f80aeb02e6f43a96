import { closeSync, openSync, readSync } from "node:fs";

import { messageOf } from "@second-server/contract/caught";

import { failedItems } from "../backup/items";
import { type BackupManifest, faultsOf, readManifest, sizeOf } from "../backup/manifest";
import { bytesOf, shown } from "../file-names";
import { type Machine, must } from "../machine";
import INTEGRITY from "./integrity.py";
import { note, repositoryStatus } from "./repository";
import { type Shelf, Wanted } from "./shelf";
import { isSoundSnapshot } from "./snapshots";

const WEEK_MS = 7 * 86_400_000;
/** It is begun by a timer that runs daily, and is due on the same weekday again. */
const TOLERANCE_MS = 3_600_000;
const INTEGRITY_SECONDS = 3600;
/** How a database file begins: https://www.sqlite.org/fileformat.html#magic_header_string */
const SQLITE = Buffer.from("SQLite format 3\0");

export const isRestoreTestDue = (machine: Machine): boolean => {
  const last = Date.parse(repositoryStatus(machine).tested?.at ?? "");
  return !(machine.now().getTime() - last < WEEK_MS - TOLERANCE_MS);
};

const isDatabase = (path: string): boolean => {
  const handle = openSync(bytesOf(path), "r");
  try {
    const start = Buffer.alloc(SQLITE.length);
    readSync(handle, start, 0, start.length, 0);
    return start.equals(SQLITE);
  } finally {
    closeSync(handle);
  }
};

/**
 * The databases among what came out. One that lies beside its rollback journal is in the middle of
 * a change, and what such a journal names SQLite deletes: it is left alone.
 */
const databasesIn = (folder: string, { entries }: BackupManifest): readonly string[] => {
  const names = new Set(entries.map(({ path }) => path));
  return entries
    .filter((entry) => "bytes" in entry && entry.bytes > 0 && !names.has(`${entry.path}-journal`))
    .map(({ path }) => `${folder}/${path}`)
    .filter(isDatabase);
};

const damagedIn = async (
  machine: Machine,
  folder: string,
  databases: readonly string[],
): Promise<readonly string[]> => {
  const said = await must(machine, ["python3", "-I", "-X", "utf8", "-c", INTEGRITY], {
    input: JSON.stringify(databases),
    seconds: INTEGRITY_SECONDS,
  });
  return Object.entries(JSON.parse(said) as Record<string, string>).map(
    ([path, reason]) => `${shown(path.slice(folder.length + 1))}: ${shown(reason)}`,
  );
};

/** What came out, in words. @throws what is wrong with it. */
const examine = async (machine: Machine, folder: string): Promise<string> => {
  const manifest = readManifest(folder);
  if ("fault" in manifest) throw new Error(manifest.fault);
  const faults = faultsOf(folder);
  if (faults.length > 0) throw new Error(faults.slice(0, 5).join("; "));
  const databases = databasesIn(folder, manifest);
  const damaged = await damagedIn(machine, folder, databases);
  if (damaged.length > 0)
    throw new Error(`SQLite does not find it whole: ${damaged.slice(0, 5).join("; ")}`);
  const lacking = failedItems(manifest).length;
  return [
    `${manifest.entries.length} files, ${sizeOf(manifest)} bytes, each as it was`,
    `SQLite databases that are whole: ${databases.length}`,
    ...(lacking > 0 ? [`items that were not in it: ${lacking}`] : []),
  ].join("; ");
};

/**
 * The whole of the newest backup comes out of the repository into a place of its own, every file is
 * compared with the backup's list, and every SQLite database in it is asked whether it is whole.
 * How that ended is noted for the Observatory.
 */
export const testRestore = async (machine: Machine, shelf: Shelf): Promise<void> => {
  try {
    const all = await shelf.snapshots();
    const newest = all.findLast(isSoundSnapshot) ?? all.at(-1);
    if (!newest) throw new Error("there is no backup in the repository yet");
    const found = await examine(machine, await shelf.bring(newest, []));
    note(machine, "tested", { at: machine.now().toISOString(), error: undefined });
    machine.log(`${newest.id} of the repository can be restored: ${found}`);
  } catch (error) {
    if (error instanceof Wanted) throw error;
    note(machine, "tested", { error: messageOf(error) });
    throw new Error(`fleet-agent backup test: ${messageOf(error)}`, { cause: error });
  }
};
