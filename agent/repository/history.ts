import type { ListedBackup } from "@second-server/contract/backups";

import { readManifest } from "../backup/manifest";
import { backupIds, doubtsOf, folderOf, list } from "../backup/store";
import { liveAt, liveDoubts, liveFolder, liveIds } from "../live/copies";
import type { Machine } from "../machine";
import { offsiteStatus } from "./offsite-status";
import { type Shelf, Wanted } from "./shelf";
import type { Snapshot } from "./snapshots";

/** One backup, wherever it is. */
export interface Kept {
  readonly id: string;
  readonly at: string;
  /** Why it is not taken without being asked for. */
  readonly doubts: readonly string[];
  readonly isFolder: boolean;
  /** Has databases alone. */
  readonly isLive?: true;
  readonly snapshot?: Snapshot;
}

/** Folders that are not in the repository stand after the one before them. */
const merged = (snapshots: readonly string[], folders: readonly string[]): readonly string[] => {
  const order = [...snapshots];
  folders.forEach((id, index) => {
    if (order.includes(id)) return;
    const before = folders[index - 1];
    const next = folders.slice(index + 1).find((other) => order.includes(other));
    if (before !== undefined) order.splice(order.indexOf(before) + 1, 0, id);
    else order.splice(next === undefined ? order.length : order.indexOf(next), 0, id);
  });
  return order;
};

/** A repository that can't be read hides no folder. */
const snapshotsOn = async (machine: Machine, shelf: Shelf): Promise<readonly Snapshot[]> => {
  try {
    return await shelf.snapshots();
  } catch (error) {
    if (error instanceof Wanted) throw error;
    machine.log(`the repository of backups can't be read: ${(error as Error).message}`);
    return [];
  }
};

const atOf = (machine: Machine, id: string): string => {
  const manifest = readManifest(folderOf(machine, id));
  return "fault" in manifest ? "" : manifest.at;
};

/** Of databases alone, the newest first. */
const liveKept = (machine: Machine): readonly Kept[] =>
  liveIds(machine).map((id) => ({
    id,
    at: liveAt(machine, id),
    doubts: liveDoubts(machine, id),
    isFolder: true,
    isLive: true,
  }));

/** Each live copy before the newest backup that is not later than it. */
const between = (live: readonly Kept[], backups: readonly Kept[]): readonly Kept[] => {
  const left = [...live];
  const all = backups.flatMap((one) => {
    const later = left.findIndex(({ id }) => id < one.id);
    return [...left.splice(0, later < 0 ? left.length : later), one];
  });
  return [...all, ...left];
};

/** Where its files lie. */
export const keptFolder = (machine: Machine, { id, isLive }: Kept): string =>
  isLive ? liveFolder(machine, id) : folderOf(machine, id);

/** The same, with the copies of databases that came between them. */
export const historyWithLive = async (machine: Machine, shelf: Shelf): Promise<readonly Kept[]> =>
  between(liveKept(machine), await history(machine, shelf));

/** Every backup that there is, the one taken last first. */
export const history = async (machine: Machine, shelf: Shelf): Promise<readonly Kept[]> => {
  const stored = new Map((await snapshotsOn(machine, shelf)).map((one) => [one.id, one]));
  const folders = [...backupIds(machine)].reverse();
  return merged([...stored.keys()], folders)
    .map((id): Kept => {
      const snapshot = stored.get(id);
      const isFolder = folders.includes(id);
      // What an operator has accepted is noted at the folder first.
      const doubts = isFolder ? doubtsOf(machine, id) : (snapshot?.doubts ?? []);
      return {
        id,
        at: snapshot?.at || (isFolder ? atOf(machine, id) : ""),
        doubts,
        isFolder,
        ...(snapshot && { snapshot }),
      };
    })
    .reverse();
};

const listedSnapshot = (one: Snapshot): ListedBackup => ({
  id: one.id,
  at: one.at,
  files: one.files,
  bytes: one.bytes,
  release: one.release,
  ...(one.doubts.length > 0 && { doubts: one.doubts }),
  ...(one.failed.length > 0 && { failed: one.failed }),
});

/** As `backup list` tells of them. */
export const listAll = async (machine: Machine, shelf: Shelf): Promise<readonly ListedBackup[]> => {
  const folders = new Map(list(machine).map((one) => [one.id, one]));
  const elsewhere = new Set(offsiteStatus(machine)?.ids ?? []);
  return (await history(machine, shelf)).flatMap(({ id, snapshot }): readonly ListedBackup[] => {
    const listed = folders.get(id) ?? (snapshot && listedSnapshot(snapshot));
    if (!listed) return [];
    const places = [
      ...(folders.has(id) ? (["folder"] as const) : []),
      ...(snapshot ? (["repository"] as const) : []),
      ...(elsewhere.has(id) ? (["offsite"] as const) : []),
    ];
    return [{ ...listed, in: places }];
  });
};
