import { lstatSync, mkdirSync, rmSync } from "node:fs";
import { dirname } from "node:path";

import { PATHS } from "@second-server/contract/paths";

import { failedItems, isBelow } from "../backup/items";
import { type BackupManifest, entriesOf, readManifest, writeManifest } from "../backup/manifest";
import { expectedItems } from "../backup/store";
import { bytesOf, shown } from "../file-names";
import { makeFolder } from "../files";
import { type Machine, must } from "../machine";
import { type Kept, history, historyWithLive, keptFolder } from "./history";
import { type Shelf, Wanted } from "./shelf";

export interface Selection {
  /**
   * A backup's id, or a moment: the newest good one that is not later.
   *
   * @default the newest good one
   */
  readonly at?: string;
  /** Paths in a backup, such as "data/chat"; none are all. */
  readonly paths: readonly string[];
  /** Such as something speaks against, too. */
  readonly doubtful?: boolean;
  /** Nothing but databases is wanted of it: a live copy has that. */
  readonly databases?: boolean;
}

/** The backups that may be meant, the best first. */
const candidates = (all: readonly Kept[], { at }: Selection): readonly Kept[] => {
  const named = all.find(({ id }) => id === at);
  if (named) return [named];
  const moment = at === undefined ? Infinity : Date.parse(at);
  if (Number.isNaN(moment))
    throw new Error(
      `fleet-agent backup: "${shown(at ?? "")}" is neither a backup nor a moment. See: ./fleet backup list`,
    );
  return all.filter((one) => one.at !== "" && Date.parse(one.at) <= moment);
};

const isWanted = (path: string, paths: readonly string[]): boolean =>
  paths.length === 0 || paths.some((one) => isBelow(path, one));

const keyOf = (entry: BackupManifest["entries"][number]): string =>
  "link" in entry ? `${entry.path} -> ${entry.link}` : `${entry.path} ${entry.sha256}`;

export interface Selected {
  readonly folder: string;
  readonly id: string;
  readonly at: string;
}
interface Taken {
  readonly folder: string;
  readonly manifest: BackupManifest;
}

/**
 * What is selected of a folder, as links to its files, each checked against the backup's own list.
 */
const take = async (machine: Machine, from: string, paths: readonly string[]): Promise<Taken> => {
  const manifest = readManifest(from);
  if ("fault" in manifest) throw new Error(manifest.fault);
  const wanted = manifest.entries.filter(({ path }) => isWanted(path, paths));
  const folder = machine.at(`${PATHS.backups}/.export`);
  rmSync(folder, { recursive: true, force: true });
  makeFolder(folder, 0o700);
  const roots =
    paths.length > 0 ? paths : [...new Set(wanted.map(({ path }) => path.split("/")[0] ?? ""))];
  const there = (path: string): boolean =>
    lstatSync(bytesOf(`${from}/${path}`), { throwIfNoEntry: false }) !== undefined;
  for (const path of roots.filter(there)) {
    mkdirSync(bytesOf(dirname(`${folder}/${path}`)), { recursive: true, mode: 0o700 });
    await must(machine, ["cp", "-al", "--", `${from}/${path}`, `${folder}/${path}`]);
  }
  const found = new Set(entriesOf(folder).map(keyOf));
  const faults = wanted.filter((entry) => !found.has(keyOf(entry)));
  if (faults.length > 0 || found.size !== wanted.length)
    throw new Error(
      `it is damaged: ${
        faults.length > 0
          ? faults
              .slice(0, 5)
              .map(({ path }) => shown(path))
              .join(", ")
          : "more is there than its list has"
      }`,
    );
  return { folder, manifest };
};

/** From the folder, or where that is damaged, from the repository. */
const takeOf = async (
  machine: Machine,
  kept: Kept,
  paths: readonly string[],
  shelf: Shelf,
): Promise<Taken> => {
  if (kept.isFolder) {
    try {
      return await take(machine, keptFolder(machine, kept), paths);
    } catch (error) {
      if (!kept.snapshot) throw error;
      machine.log(`the folder ${kept.id}: ${(error as Error).message}; the repository is asked`);
    }
  }
  if (!kept.snapshot) throw new Error("it is gone");
  return await take(machine, await shelf.bring(kept.snapshot, paths), paths);
};

/** An item that came through counts though it is an empty folder. */
const has = ({ entries, items = [] }: BackupManifest, path: string): boolean =>
  [...entries, ...items].some((one) => isBelow(one.path, path));

/** Nothing but databases is in a live copy: it stands for what consists of nothing else. */
const isAll = (
  machine: Machine,
  { items = [] }: BackupManifest,
  paths: readonly string[],
): boolean =>
  paths.length > 0 &&
  paths.every((path) => {
    const expected = expectedItems(machine)?.filter((item) => isBelow(item, path)) ?? [];
    return expected.length > 0 && expected.every((item) => items.some((one) => one.path === item));
  });

const lacks = ({ manifest }: Taken, paths: readonly string[]): boolean =>
  failedItems(manifest).some((item) => isWanted(item.path, paths)) ||
  !paths.every((path) => has(manifest, path));

/** What of it is selected, or why that can't be had. */
const selectOf = async (
  machine: Machine,
  shelf: Shelf,
  kept: Kept,
  { paths, doubtful, databases }: Selection,
): Promise<Selected> => {
  if (kept.doubts.length > 0 && !doubtful)
    throw new Error(`it is doubtful: ${kept.doubts.slice(0, 5).map(shown).join("; ")}`);
  const taken = await takeOf(machine, kept, paths, shelf);
  const isEnough = !kept.isLive || databases === true || isAll(machine, taken.manifest, paths);
  if (lacks(taken, paths) || !isEnough) throw new Error("it does not have that");
  const { at, release, items } = taken.manifest;
  const own = items?.filter(({ path }) => isWanted(path, paths));
  writeManifest(taken.folder, new Date(at), release, own);
  return { folder: taken.folder, id: kept.id, at };
};

/**
 * A folder with what is selected, checked byte by byte, and a list of its own; older backups are
 * taken where newer ones lack it, are damaged or doubtful, which is said.
 */
export const select = async (
  machine: Machine,
  shelf: Shelf,
  selection: Selection,
): Promise<Selected> => {
  const passedOver: string[] = [];
  // Who says no moment wants a backup: a live copy is of just now, whatever has gone wrong since.
  const all = await (selection.at === undefined ? history : historyWithLive)(machine, shelf);
  let isLiveTold = false;
  for (const kept of candidates(all, selection)) {
    try {
      const selected = await selectOf(machine, shelf, kept, selection);
      for (const line of passedOver) machine.log(`passed over: ${line}`);
      return selected;
    } catch (error) {
      if (error instanceof Wanted) throw error;
      // Of many live copies one is enough.
      if (!kept.isLive || !isLiveTold) passedOver.push(`${kept.id}: ${(error as Error).message}`);
      isLiveTold ||= kept.isLive === true;
    }
  }
  const what = selection.paths.length > 0 ? ` of ${selection.paths.map(shown).join(", ")}` : "";
  throw new Error(
    [
      `fleet-agent backup: there is no whole backup${what}${selection.at === undefined ? "" : ` as of ${shown(selection.at)}`}.`,
      ...passedOver.map((line) => `  ${line}`),
      "What there is: ./fleet backup list. Doubtful ones too: --doubtful",
    ].join("\n"),
  );
};

export const forgetSelected = (machine: Machine): void => {
  rmSync(machine.at(`${PATHS.backups}/.export`), { recursive: true, force: true });
};
