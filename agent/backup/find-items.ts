import type { PlannedItem, RestoreAgreement } from "@second-server/contract/backups";

import { shown } from "../file-names";
import { liveIds } from "../live/copies";
import type { Machine } from "../machine";
import { type Kept, historyWithLive, keptFolder } from "../repository/history";
import { repositoryStatus } from "../repository/repository";
import { type Shelf, Wanted } from "../repository/shelf";
import { failedItems, isBelow, itemsOf } from "./items";
import { type Inspected, inspect, readManifest } from "./manifest";
import { momentOf } from "./retention";
import { backupIds, doubtsOf, folderOf } from "./store";

const SAID = 5;
/** They share what has not changed: where so many are damaged, so are the others. */
const LIVE_LOOKS = 20;
export const some = (texts: readonly string[]): string =>
  texts.slice(0, SAID).join("; ") + (texts.length > SAID ? ` and ${texts.length - SAID} more` : "");

/** Items that this backup has whole, byte for byte. */
const wholeItems = ({ manifest, faults }: Inspected): readonly string[] => {
  // A fault of the whole tree says nothing about where it ends.
  if (!manifest || faults.some(({ path }) => path === "")) return [];
  const failed = failedItems(manifest).map(({ path }) => path);
  return itemsOf(manifest).filter(
    (item) => !failed.includes(item) && !faults.some(({ path }) => isBelow(path, item)),
  );
};

export interface Found {
  readonly sources: Map<string, Omit<PlannedItem, "item">>;
  readonly folders: Map<string, string>;
  /** Items that some backup has, or should have had. */
  readonly known: Set<string>;
  readonly passedOver: string[];
  whole: string | undefined;
  /** So many live copies were read through. */
  liveLooks: number;
}

/**
 * An item of an earlier agent's backup is a service's folder: it is the same as the files in it
 * that are known by name.
 */
export const hasSource = (found: Found, item: string): boolean =>
  [...found.sources.keys()].some((other) => isBelow(item, other) || isBelow(other, item));

const nameOf = ({ id, isLive }: Pick<Kept, "id" | "isLive">): string =>
  isLive ? `the live copy ${id}` : id;

const lookAt = (
  { id, isLive }: Pick<Kept, "id" | "isLive">,
  folder: string,
  doubts: readonly string[],
  found: Found,
): boolean => {
  const seen = inspect(folder);
  const failed = seen.manifest ? failedItems(seen.manifest) : [];
  if (seen.faults.length > 0)
    found.passedOver.push(
      `${nameOf({ id, ...(isLive && { isLive }) })} is damaged: ${some(seen.faults.map(({ text }) => text))}`,
    );
  // What a live copy lacks comes of one before it, or of a backup.
  if (failed.length > 0 && !isLive)
    found.passedOver.push(
      `${id} lacks ${some(failed.map((item) => `${shown(item.path)} (${shown(item.failed)})`))}`,
    );
  const items = wholeItems(seen);
  for (const item of items)
    if (!hasSource(found, item)) {
      found.folders.set(item, folder);
      found.sources.set(item, {
        id,
        at: seen.manifest?.at ?? "",
        ...(isLive && { live: true as const }),
        ...(doubts.length > 0 && { doubts }),
      });
    }
  for (const item of seen.manifest && !isLive ? itemsOf(seen.manifest) : items)
    found.known.add(item);
  return seen.faults.length === 0 && failed.length === 0;
};

/** By the watcher's clock: the primary's word for it is nobody's who has had it. */
const isLater = (id: string, { before }: RestoreAgreement): boolean =>
  before !== undefined && momentOf(id).getTime() > Date.parse(before);

/**
 * A backup as folders to look at, one after the other: the plain one, and where that is damaged, the
 * repository's.
 */
const foldersOf = (
  machine: Machine,
  kept: Kept,
  shelf: Shelf,
): readonly (() => string | Promise<string>)[] => {
  const { isFolder, snapshot } = kept;
  return [
    ...(isFolder ? [() => keptFolder(machine, kept)] : []),
    ...(snapshot ? [() => shelf.bring(snapshot, [])] : []),
  ];
};

/** Of a live copy nothing is wanted any more: there are many, and each file of one is read. */
const hasAll = (machine: Machine, kept: Kept, found: Found): boolean => {
  const manifest = readManifest(keptFolder(machine, kept));
  return !("fault" in manifest) && itemsOf(manifest).every((item) => hasSource(found, item));
};

const lookAtKept = async (
  machine: Machine,
  kept: Kept,
  doubts: readonly string[],
  found: Found,
  shelf: Shelf,
): Promise<boolean> => {
  const { id } = kept;
  if (kept.isLive && (found.liveLooks >= LIVE_LOOKS || hasAll(machine, kept, found))) return false;
  if (kept.isLive) found.liveLooks += 1;
  try {
    for (const get of foldersOf(machine, kept, shelf)) {
      const folder = await get();
      // It never has everything: what is not in it comes of the backup before it.
      if (!lookAt(kept, folder, doubts, found) || kept.isLive) continue;
      found.whole = [...found.folders.values()].every((other) => other === folder)
        ? folder
        : undefined;
      return true;
    }
  } catch (error) {
    if (error instanceof Wanted) throw error;
    found.passedOver.push(`${id} can't be had of the repository: ${(error as Error).message}`);
  }
  return false;
};

const nothing = (): Found => ({
  sources: new Map(),
  folders: new Map(),
  known: new Set(),
  passedOver: [],
  whole: undefined,
  liveLooks: 0,
});

/**
 * The newest backup of all, where its folder is there and has everything: then the repository need
 * not be opened, and a fresh primary does not wait for that.
 */
const inNewestFolder = (machine: Machine, agreed: RestoreAgreement): Found | undefined => {
  const [id] = backupIds(machine);
  const { newest = id } = repositoryStatus(machine);
  if (id === undefined || newest === undefined || !backupIds(machine).includes(newest))
    return undefined;
  if (isLater(id, agreed) || (liveIds(machine)[0] ?? "") > id) return undefined;
  const found = nothing();
  const folder = folderOf(machine, id);
  if (doubtsOf(machine, id).length > 0 || !lookAt({ id }, folder, [], found)) return undefined;
  return { ...found, whole: folder };
};

export const search = async (
  machine: Machine,
  agreed: RestoreAgreement,
  shelf: Shelf,
): Promise<{ readonly found: Found; readonly ids: readonly string[] }> => {
  const newest = inNewestFolder(machine, agreed);
  if (newest) return { found: newest, ids: backupIds(machine) };
  const found = nothing();
  const all = await historyWithLive(machine, shelf);
  const ids = all.map(({ id }) => id);
  const late = ids.filter((id) => isLater(id, agreed));
  if (late.length > 0)
    found.passedOver.push(`${late.length} that were taken after ${agreed.before ?? ""}`);
  const told = all.find(({ isLive, doubts }) => isLive && doubts.length > 0);
  for (const kept of all.filter(({ id }) => !late.includes(id))) {
    const { doubts } = kept;
    if (doubts.length > 0 && !agreed.doubtful) {
      // Of many live copies one is enough.
      if (!kept.isLive || kept === told)
        found.passedOver.push(`${nameOf(kept)} is doubtful: ${some(doubts)}`);
      continue;
    }
    if (await lookAtKept(machine, kept, doubts, found, shelf)) return { found, ids };
  }
  // None has everything: what the fleet's manifest names and no backup has was never backed up, and
  // is not lost with them.
  return { found, ids };
};
