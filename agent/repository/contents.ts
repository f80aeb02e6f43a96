import { failedItems, isBelow, itemsOf } from "../backup/items";
import { type BackupManifest, MANIFEST, faultsOf, readManifest, sizeOf } from "../backup/manifest";
import { folderOf, verifyBackups } from "../backup/store";
import { shown } from "../file-names";
import type { Machine } from "../machine";
import { type Kept, history } from "./history";
import type { Shelf } from "./shelf";

const find = (all: readonly Kept[], id: string): Kept => {
  const kept = all.find((one) => one.id === id);
  if (!kept)
    throw new Error(
      `fleet-agent backup: there is no backup "${shown(id)}". See: ./fleet backup list`,
    );
  return kept;
};

/** A backup's list of what is in it, without its files. */
const manifestOf = async (machine: Machine, kept: Kept, shelf: Shelf): Promise<BackupManifest> => {
  const inFolder = kept.isFolder ? readManifest(folderOf(machine, kept.id)) : { fault: "" };
  const manifest =
    "fault" in inFolder && kept.snapshot
      ? readManifest(await shelf.bring(kept.snapshot, [MANIFEST]))
      : inFolder;
  if ("fault" in manifest)
    throw new Error(`fleet-agent backup: ${kept.id} can't be shown: ${manifest.fault}`);
  return manifest;
};

export interface Shown {
  readonly id: string;
  readonly at: string;
  readonly items: readonly {
    readonly path: string;
    readonly files: number;
    readonly bytes: number;
    readonly failed?: string;
  }[];
  readonly files: readonly { readonly path: string; readonly bytes: number }[];
}

/** What is in one backup: by default the newest. */
export const show = async (
  machine: Machine,
  shelf: Shelf,
  asked: string | undefined,
): Promise<Shown> => {
  const all = await history(machine, shelf);
  const kept = find(all, asked ?? all[0]?.id ?? "");
  const manifest = await manifestOf(machine, kept, shelf);
  const failed = new Map(failedItems(manifest).map((item) => [item.path, item.failed]));
  return {
    id: kept.id,
    at: manifest.at,
    items: itemsOf(manifest).map((path) => {
      const entries = manifest.entries.filter((entry) => isBelow(entry.path, path));
      const reason = failed.get(path);
      return {
        path,
        files: entries.length,
        bytes: sizeOf({ ...manifest, entries }),
        ...(reason !== undefined && { failed: reason }),
      };
    }),
    files: manifest.entries.map((entry) => ({
      path: entry.path,
      bytes: "bytes" in entry ? entry.bytes : 0,
    })),
  };
};

export interface Difference {
  readonly from: string;
  readonly to: string;
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

/** What the second backup has otherwise than the first; without a second, the newest. */
export const compareBackups = async (
  machine: Machine,
  shelf: Shelf,
  first: string,
  second: string | undefined,
): Promise<Difference> => {
  const all = await history(machine, shelf);
  const [from, to] = [find(all, first), find(all, second ?? all[0]?.id ?? "")];
  const contents = async (kept: Kept): Promise<ReadonlyMap<string, string>> =>
    new Map(
      (await manifestOf(machine, kept, shelf)).entries.map((entry) => [
        entry.path,
        "link" in entry ? `-> ${entry.link}` : entry.sha256,
      ]),
    );
  const [before, after] = [await contents(from), await contents(to)];
  return {
    from: from.id,
    to: to.id,
    added: [...after.keys()].filter((path) => !before.has(path)),
    changed: [...after].flatMap(([path, content]) =>
      before.has(path) && before.get(path) !== content ? [path] : [],
    ),
    removed: [...before.keys()].filter((path) => !after.has(path)),
  };
};

const verifySnapshot = async (machine: Machine, kept: Kept, shelf: Shelf): Promise<void> => {
  if (!kept.snapshot) return;
  const faults = faultsOf(await shelf.bring(kept.snapshot, []));
  if (faults.length > 0)
    throw new Error(
      `fleet-agent backup verify: ${kept.id} of the repository:\n  ${faults.join("\n  ")}`,
    );
  machine.log(`${kept.id} of the repository: verified, file by file`);
};

/** One backup as it would be restored, from wherever it is; or all folders. */
export const verify = async (
  machine: Machine,
  shelf: Shelf,
  asked: string | undefined,
): Promise<void> => {
  if (asked === undefined) {
    verifyBackups(machine, undefined);
    return;
  }
  const kept = find(await history(machine, shelf), asked);
  await verifySnapshot(machine, kept, shelf);
  if (kept.isFolder) verifyBackups(machine, asked);
};
