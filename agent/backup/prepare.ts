import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { relative } from "node:path";

import { DEBIAN_PATHS, PATHS } from "@second-server/contract/paths";
import type { Release } from "@second-server/contract/release";

import { shown } from "../file-names";
import { type Machine, must } from "../machine";
import { readApplied } from "../record";
import { copyItem } from "./copy-item";
import { CERTIFICATES } from "./items";
import { type ItemNote, sizeOf, writeManifest } from "./manifest";

/** After this no further item is begun: the watcher waits no longer than that, and somebody may want to roll back. */
const ALL_SECONDS = 12 * 60;

interface Item {
  /** Where it lies in the backup. */
  readonly path: string;
  /** @returns whether there was anything. */
  readonly copy: (target: string) => Promise<boolean>;
}

const itemsOf = (machine: Machine, release: Release): readonly Item[] => [
  ...release.data.map((data) => ({
    path: `data/${relative(PATHS.serviceData, data.path)}`,
    copy: (target: string) => copyItem(machine, data, target),
  })),
  {
    path: CERTIFICATES,
    copy: async (target) => {
      const source = machine.at(DEBIAN_PATHS.letsencrypt);
      if (!existsSync(source)) return false;
      await must(machine, ["cp", "-a", "--", source, target], { seconds: 60 });
      return true;
    },
  },
];

/** One item's failure is that item's: the others are copied, and it is told by name. */
const attempt = async (
  machine: Machine,
  { path, copy }: Item,
  draft: string,
  deadline: number,
): Promise<readonly ItemNote[]> => {
  const target = `${draft}/${path}`;
  try {
    if (machine.now().getTime() > deadline)
      throw new Error(`the items before it took more than ${ALL_SECONDS} s`);
    return (await copy(target)) ? [{ path }] : [];
  } catch (error) {
    rmSync(target, { recursive: true, force: true });
    const failed = (error as Error).message;
    machine.log(`${shown(path)} is not in this backup: ${failed}`);
    return [{ path, failed }];
  }
};

/** Makes consistent copies of everything that must survive, with a manifest, in the folder that the watcher reads. */
export const prepare = async (machine: Machine): Promise<void> => {
  const applied = readApplied(machine);
  if (!applied)
    throw new Error(
      "fleet-agent backup prepare: no release is in force here yet, so there is nothing to back up.",
    );
  const draft = machine.at(`${PATHS.backupExport}.new`);
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true, mode: 0o700 });
  const deadline = machine.now().getTime() + ALL_SECONDS * 1000;
  const notes: ItemNote[] = [];
  for (const item of itemsOf(machine, applied.release))
    notes.push(...(await attempt(machine, item, draft, deadline)));
  const manifest = writeManifest(draft, machine.now(), applied.sha, notes);
  const old = machine.at(`${PATHS.backupExport}.old`);
  rmSync(old, { recursive: true, force: true });
  if (existsSync(machine.at(PATHS.backupExport))) renameSync(machine.at(PATHS.backupExport), old);
  renameSync(draft, machine.at(PATHS.backupExport));
  rmSync(old, { recursive: true, force: true });
  machine.log(`prepared ${manifest.entries.length} files, ${sizeOf(manifest)} bytes`);
};
