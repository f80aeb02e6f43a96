import type { PlannedItem, RestoreAgreement } from "@second-server/contract/backups";

import { shown } from "../file-names";
import type { Machine } from "../machine";
import { type Kept, history } from "../repository/history";
import { repositoryStatus } from "../repository/repository";
import { type Shelf, Wanted } from "../repository/shelf";
import { failedItems, isBelow, itemsOf } from "./items";
import { type Inspected, inspect } from "./manifest";
import { momentOf } from "./retention";
import { backupIds, doubtsOf, folderOf } from "./store";

const SAID = 5;
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
}

/**
 * An item of an earlier agent's backup is a service's folder: it is the same as the files in it
 * that are known by name.
 */
export const hasSource = (found: Found, item: string): boolean =>
  [...found.sources.keys()].some((other) => isBelow(item, other) || isBelow(other, item));

const lookAt = (id: string, folder: string, doubts: readonly string[], found: Found): boolean => {
  const seen = inspect(folder);
  const failed = seen.manifest ? failedItems(seen.manifest) : [];
  if (seen.faults.length > 0)
    found.passedOver.push(`${id} is damaged: ${some(seen.faults.map(({ text }) => text))}`);
  if (failed.length > 0)
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
        ...(doubts.length > 0 && { doubts }),
      });
    }
  for (const item of seen.manifest ? itemsOf(seen.manifest) : []) found.known.add(item);
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
  { id, isFolder, snapshot }: Kept,
  shelf: Shelf,
): readonly (() => string | Promise<string>)[] => [
  ...(isFolder ? [() => folderOf(machine, id)] : []),
  ...(snapshot ? [() => shelf.bring(snapshot, [])] : []),
];

const lookAtKept = async (
  machine: Machine,
  kept: Kept,
  doubts: readonly string[],
  found: Found,
  shelf: Shelf,
): Promise<boolean> => {
  const { id } = kept;
  try {
    for (const get of foldersOf(machine, kept, shelf)) {
      const folder = await get();
      if (!lookAt(id, folder, doubts, found)) continue;
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
  if (isLater(id, agreed)) return undefined;
  const found = nothing();
  const folder = folderOf(machine, id);
  if (doubtsOf(machine, id).length > 0 || !lookAt(id, folder, [], found)) return undefined;
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
  const all = await history(machine, shelf);
  const ids = all.map(({ id }) => id);
  const late = ids.filter((id) => isLater(id, agreed));
  if (late.length > 0)
    found.passedOver.push(`${late.length} that were taken after ${agreed.before ?? ""}`);
  for (const kept of all.filter(({ id }) => !late.includes(id))) {
    const { doubts } = kept;
    if (doubts.length > 0 && !agreed.doubtful) {
      found.passedOver.push(`${kept.id} is doubtful: ${some(doubts)}`);
      continue;
    }
    if (await lookAtKept(machine, kept, doubts, found, shelf)) return { found, ids };
  }
  // None has everything: what the fleet's manifest names and no backup has was never backed up, and
  // is not lost with them.
  return { found, ids };
};
