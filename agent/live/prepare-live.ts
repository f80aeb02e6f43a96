import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname, relative } from "node:path";

import { PATHS } from "@second-server/contract/paths";
import type { Release } from "@second-server/contract/release";

import { copyOut } from "../backup/copy";
import { type ItemNote, writeManifest } from "../backup/manifest";
import { shown } from "../file-names";
import { makeFolder } from "../files";
import { type Machine, must } from "../machine";
import { readApplied } from "../record";
import { LIVE_BYTES, TOO_LARGE, databasesOf, exported } from "./watch";

const SECONDS = 60;

type Data = Release["data"][number];

/** What has not changed is the same file as in the copy before. */
const keep = async (machine: Machine, to: string, draft: string): Promise<readonly ItemNote[]> => {
  const note = exported(machine)?.items?.find(({ path }) => path === to);
  const before = `${machine.at(PATHS.liveExport)}/${to}`;
  if (note === undefined || note.failed !== undefined || !existsSync(before))
    return note?.failed === undefined ? [] : [note];
  mkdirSync(dirname(`${draft}/${to}`), { recursive: true, mode: 0o700 });
  await must(machine, ["cp", "-al", "--", before, `${draft}/${to}`]);
  return [{ path: to }];
};

const copy = async (
  machine: Machine,
  data: Data,
  to: string,
  draft: string,
): Promise<readonly ItemNote[]> => {
  const journey = { kind: data.kind, from: relative(PATHS.serviceData, data.path), to };
  const [end] = await copyOut(machine, data, [journey], draft, {
    seconds: SECONDS,
    bytes: LIVE_BYTES,
  });
  if (end?.failed !== undefined) {
    machine.log(`${shown(to)} has no live copy: ${shown(end.failed)}`);
    return [{ path: to, failed: end.failed }];
  }
  // A service that has written nothing yet has nothing to lose.
  return end === undefined || end.absent === true ? [] : [{ path: to }];
};

const tooLarge = (to: string): readonly ItemNote[] => [
  { path: to, failed: `it is larger than ${LIVE_BYTES / 1024 ** 2} MiB: backups alone have it` },
];

/** A copy of these databases, and of the others as they were, in the folder that the watcher reads. */
export const prepareLive = async (machine: Machine, paths: readonly string[]): Promise<void> => {
  const folder = machine.at(PATHS.liveExport);
  const [draft, old] = [`${folder}.new`, `${folder}.old`];
  rmSync(draft, { recursive: true, force: true });
  makeFolder(draft, 0o700);
  const notes: ItemNote[] = [];
  for (const data of databasesOf(machine)) {
    const to = `data/${relative(PATHS.serviceData, data.path)}`;
    if (paths.includes(data.path)) notes.push(...(await copy(machine, data, to, draft)));
    else if (paths.includes(`${TOO_LARGE}${data.path}`)) notes.push(...tooLarge(to));
    else notes.push(...(await keep(machine, to, draft)));
  }
  writeManifest(draft, machine.now(), readApplied(machine)?.sha ?? "", notes);
  rmSync(old, { recursive: true, force: true });
  if (existsSync(folder)) renameSync(folder, old);
  renameSync(draft, folder);
  rmSync(old, { recursive: true, force: true });
};
