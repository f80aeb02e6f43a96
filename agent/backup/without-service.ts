import { rmSync } from "node:fs";
import { join } from "node:path";

import { writeWhole } from "../files";
import { liveFolder, liveIds } from "../live/copies";
import type { Machine } from "../machine";
import { isBelow } from "./items";
import { MANIFEST, readManifest } from "./manifest";
import { backupIds, expectedItems, folderOf } from "./store";

/**
 * Takes a service's data out of a backup, which is whole without it. Cut short, it says that files
 * are there which its list has not: begun anew, it comes to its end.
 */
export const withoutService = (folder: string, service: string): void => {
  const own = `data/${service}`;
  const manifest = readManifest(folder);
  if (!("fault" in manifest)) {
    const others = <T extends { readonly path: string }>(all: readonly T[]): readonly T[] =>
      all.filter(({ path }) => !isBelow(path, own));
    const { entries, items } = manifest;
    const left = { ...manifest, ...(items && { items: others(items) }), entries: others(entries) };
    const [before, after] = [manifest, left].map((one) => JSON.stringify(one, undefined, 1));
    if (before !== after) writeWhole(join(folder, MANIFEST), `${after}\n`, 0o600);
  }
  rmSync(join(folder, own), { recursive: true, force: true });
};

/** What the fleet's manifest names is never forgotten. */
export const refuseServed = (machine: Machine, service: string): void => {
  const served = (expectedItems(machine) ?? []).some((path) => isBelow(path, `data/${service}`));
  if (served)
    throw new Error(
      `fleet-agent backup forget: ${service} is in fleet.yaml, and its data is backed up. Take it out there, run ./fleet up, and then forget it.`,
    );
};

/** Of every backup that is a folder, and of every live copy. */
export const forgetInFolders = (machine: Machine, service: string): void => {
  refuseServed(machine, service);
  const folders = [
    ...backupIds(machine).map((id) => folderOf(machine, id)),
    ...liveIds(machine).map((id) => liveFolder(machine, id)),
  ];
  for (const folder of folders) withoutService(folder, service);
};
