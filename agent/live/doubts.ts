import { doubtsAbout, isBelow, itemsOf } from "../backup/items";
import { type BackupManifest, readManifest } from "../backup/manifest";
import { backupIds, expectedItems, folderOf, isSound } from "../backup/store";
import type { Machine } from "../machine";
import { liveDoubts, liveFolder, liveIds } from "./copies";

const manifestIn = (folder: string): BackupManifest | undefined => {
  const manifest = readManifest(folder);
  return "fault" in manifest ? undefined : manifest;
};

/** Of a backup what a live copy has, too. */
const within = (backup: BackupManifest, live: BackupManifest): BackupManifest => {
  const items = itemsOf(live);
  const isOne = ({ path }: { readonly path: string }): boolean =>
    items.some((item) => isBelow(path, item));
  return {
    ...backup,
    entries: backup.entries.filter(isOne),
    items: (backup.items ?? []).filter(isOne),
  };
};

/**
 * What speaks against a copy that came, beside what was good before it: the last copy of which
 * nothing was said, or a backup after that, such as an operator has accepted since.
 */
export const liveDoubtsOf = (machine: Machine, folder: string): readonly string[] => {
  const fresh = manifestIn(folder);
  const [newest] = liveIds(machine);
  const id = liveIds(machine).find((one) => liveDoubts(machine, one).length === 0);
  const backup = backupIds(machine).find((one) => isSound(machine, one));
  const last = newest === undefined ? undefined : manifestIn(liveFolder(machine, newest));
  const known =
    backup !== undefined && last !== undefined && backup > (id ?? "")
      ? manifestIn(folderOf(machine, backup))
      : undefined;
  const good = id === undefined ? undefined : manifestIn(liveFolder(machine, id));
  const before = known !== undefined && last !== undefined ? within(known, last) : good;
  return fresh === undefined || before === undefined
    ? []
    : doubtsAbout(fresh, before, expectedItems(machine));
};
