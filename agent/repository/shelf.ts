import { existsSync, lstatSync, readFileSync, renameSync, rmSync, statfsSync } from "node:fs";

import { PATHS } from "@second-server/contract/paths";
import { REPOSITORY_LIST } from "@second-server/contract/units";

import { makeFolder, readJson, sha256, writeWhole } from "../files";
import { type Machine, must } from "../machine";
import { hasRepository } from "./repository";
import { mustRestic, ownRepository } from "./restic";
import { type Snapshot, snapshotsIn } from "./snapshots";

/** What work on backups sees of the repository. */
export interface Shelf {
  snapshots(): Promise<readonly Snapshot[]>;
  /** A snapshot, or these paths of it, as a folder like the others, beside them. */
  bring(snapshot: Snapshot, paths: readonly string[]): Promise<string>;
}

/** What a snapshot is brought as: a name that no backup has. */
const PREFIX = ".brought-";
const broughtPath = (machine: Machine, { id }: Snapshot, paths: readonly string[]): string =>
  machine.at(`${PATHS.backups}/${PREFIX}${id}-${sha256(JSON.stringify(paths)).slice(0, 12)}`);

const RESTORE_SECONDS = 2 * 3600;
/** The Observatory on the same disk needs to write. */
const SPARE_BYTES = 64 * 1024 * 1024;
/** restic takes a path for a pattern. */
const plain = (path: string): string => path.replace(/[\\*?[\]]/g, (sign) => `\\${sign}`);

/**
 * Into a folder of root's own: where backups lie, somebody else could have laid a link in the way.
 */
export const bringInto = async (
  machine: Machine,
  snapshot: Snapshot,
  paths: readonly string[],
  draft: string,
): Promise<void> => {
  rmSync(draft, { recursive: true, force: true });
  makeFolder(draft, 0o700);
  const { bavail, bsize } = statfsSync(draft);
  if (paths.length === 0 && snapshot.bytes + SPARE_BYTES > bavail * bsize)
    throw new Error(
      `${snapshot.id} needs ${snapshot.bytes} bytes on the watcher's disk, and ${bavail * bsize} are free`,
    );
  const includes =
    paths.length === 0
      ? []
      : ["/manifest.json", ...paths.map((path) => plain(`/${path}`))].map(
          (path) => `--include=${path}`,
        );
  await mustRestic(
    machine,
    ownRepository(machine),
    ["restore", "--quiet", "--no-lock", snapshot.snapshot, `--target=${draft}`, ...includes],
    { seconds: RESTORE_SECONDS },
  );
};

/** Only when it is whole does it go where backups lie, and to that owner. */
const bring = async (
  machine: Machine,
  snapshot: Snapshot,
  paths: readonly string[],
  owner: string | undefined,
): Promise<string> => {
  const [draft, folder] = [machine.at(PATHS.brought), broughtPath(machine, snapshot, paths)];
  if (existsSync(folder)) return folder;
  await bringInto(machine, snapshot, paths, draft);
  if (owner !== undefined)
    await must(machine, ["chown", "-R", "-h", "--", `${owner}:${owner}`, draft]);
  renameSync(draft, folder);
  return folder;
};

/** As who may open the repository sees it: root. What is brought is `owner`'s. */
export const openShelf = (machine: Machine, owner?: string): Shelf => ({
  snapshots: async () =>
    hasRepository(machine) ? await snapshotsIn(machine, ownRepository(machine)) : [],
  bring: (snapshot, paths) => bring(machine, snapshot, paths, owner),
});

/** What who may not open the repository asks root for. */
export interface Want {
  /** Of which snapshot; absent: what there is. */
  readonly id?: string;
  readonly paths: readonly string[];
}
/** The work can't go on without it; it is begun anew with it. */
export class Wanted extends Error {
  constructor(readonly want: Want) {
    super("fleet-agent backup: something of the repository is needed");
  }
}

/** What systemd hands to the unit, written by root. */
export interface Handed {
  readonly snapshots: readonly Snapshot[];
  /** Why there is none to be seen. */
  readonly error?: string;
}

/** Instead of what was asked for: why it could not be had. */
const reasonAt = (path: string): string | undefined => {
  const seen = lstatSync(path, { throwIfNoEntry: false });
  return seen?.isFile() === true ? readFileSync(path, "utf8") : undefined;
};

/**
 * As a unit sees it that may not open the repository: the list that systemd has handed it, and
 * folders that root has put beside the backups.
 */
export const handedShelf = (
  machine: Machine,
  environment: NodeJS.ProcessEnv = process.env,
): Shelf => ({
  snapshots: () => {
    const folder = environment["CREDENTIALS_DIRECTORY"] ?? "";
    const handed = readJson<Handed>(`${folder}/${REPOSITORY_LIST}`);
    if (!handed) throw new Wanted({ paths: [] });
    if (handed.error !== undefined) throw new Error(handed.error);
    return Promise.resolve(handed.snapshots);
  },
  bring: (snapshot, paths) => {
    const path = broughtPath(machine, snapshot, paths);
    const reason = reasonAt(path);
    if (reason !== undefined) throw new Error(reason);
    if (!existsSync(path)) throw new Wanted({ id: snapshot.id, paths });
    return Promise.resolve(path);
  },
});

/** Root's side of it: brings what is wanted, or lays down why it can't be had. */
export const fulfil = async (
  machine: Machine,
  shelf: Shelf,
  snapshot: Snapshot,
  paths: readonly string[],
): Promise<void> => {
  try {
    await shelf.bring(snapshot, paths);
  } catch (error) {
    writeWhole(broughtPath(machine, snapshot, paths), (error as Error).message, 0o644);
  }
};

/** Nothing of it stays. By a program that follows no link that somebody lays in its way meanwhile. */
export const forgetBrought = async (machine: Machine): Promise<void> => {
  const here = machine.at(PATHS.backups);
  if (existsSync(here))
    await must(machine, [
      "find",
      here,
      "-mindepth",
      "1",
      "-maxdepth",
      "1",
      "-name",
      `${PREFIX}*`,
      "-exec",
      "rm",
      "-rf",
      "--",
      "{}",
      "+",
    ]);
};
