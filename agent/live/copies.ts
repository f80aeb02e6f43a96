import { type Dirent, existsSync, lstatSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

import type { LiveStatus } from "@second-server/contract/backups";
import { PATHS } from "@second-server/contract/paths";

import { readManifest } from "../backup/manifest";
import { idOf, isId, momentOf } from "../backup/retention";
import { readJson, readText, writeWhole } from "../files";
import type { Machine } from "../machine";

const KEPT_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** Of these each one is kept: what went wrong just now is mostly seen within them. */
const ALL_KEPT_MS = 5 * MINUTE_MS;
/** Of all together, on a disk of 10 GB; the newest two stay whatever they take. */
const ALL_BYTES = 1024 ** 3;
const NEWEST = 2;

export const liveFolder = (machine: Machine, id: string): string =>
  machine.at(`${PATHS.live}/${id}`);
const doubtPath = (machine: Machine, id: string): string => `${liveFolder(machine, id)}.doubtful`;

/** The newest first. */
export const liveIds = (machine: Machine): readonly string[] =>
  existsSync(machine.at(PATHS.live))
    ? readdirSync(machine.at(PATHS.live)).filter(isId).sort().reverse()
    : [];

/** Later than all others, also when the clock has been set back: their order is their names'. */
export const nextLiveId = (machine: Machine): string => {
  const [newest] = liveIds(machine);
  const least = newest === undefined ? 0 : momentOf(newest).getTime() + 1000;
  return idOf(new Date(Math.max(machine.now().getTime(), least)));
};

export const liveDoubts = (machine: Machine, id: string): readonly string[] =>
  existsSync(doubtPath(machine, id))
    ? (readText(doubtPath(machine, id)) ?? "it is marked as doubtful").trim().split("\n")
    : [];
export const noteLiveDoubts = (machine: Machine, id: string, doubts: readonly string[]): void => {
  if (doubts.length > 0) writeWhole(doubtPath(machine, id), `${doubts.join("\n")}\n`, 0o600);
};

export const liveAt = (machine: Machine, id: string): string => {
  const manifest = readManifest(liveFolder(machine, id));
  return "fault" in manifest ? "" : manifest.at;
};

/**
 * Which copies go, of `ids`, the newest first: all of the last minutes stay, within a day the last
 * one of each minute, and the newest two in any case.
 */
export const expiredLive = (ids: readonly string[], now: Date): readonly string[] => {
  const minutes = new Set<number>();
  return ids.filter((id, place) => {
    const at = momentOf(id).getTime();
    const age = now.getTime() - at;
    const minute = Math.floor(at / MINUTE_MS);
    const isLast = !minutes.has(minute);
    minutes.add(minute);
    return place >= NEWEST && age > ALL_KEPT_MS && (!isLast || age > KEPT_MS);
  });
};

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((one: Dirent) => {
    const path = join(folder, one.name);
    return one.isDirectory() ? filesIn(path) : [path];
  });

/** Files that several copies share count once. */
const overQuota = (machine: Machine, ids: readonly string[]): readonly string[] => {
  const counted = new Set<number>();
  let bytes = 0;
  return ids.filter((id, place) => {
    for (const path of filesIn(liveFolder(machine, id))) {
      const { ino, blocks } = lstatSync(path);
      if (!counted.has(ino)) bytes += blocks * 512;
      counted.add(ino);
    }
    return place >= NEWEST && bytes > ALL_BYTES;
  });
};

/** Those that are doubtful count by themselves: they push out no good one. */
export const letLiveGo = (machine: Machine): void => {
  const remove = (id: string): void => {
    rmSync(liveFolder(machine, id), { recursive: true, force: true });
    rmSync(doubtPath(machine, id), { force: true });
  };
  const isDoubtful = (id: string): boolean => liveDoubts(machine, id).length > 0;
  const parted = (): readonly (readonly string[])[] => {
    const ids = liveIds(machine);
    return [ids.filter((id) => !isDoubtful(id)), ids.filter(isDoubtful)];
  };
  for (const ids of parted()) expiredLive(ids, machine.now()).forEach(remove);
  for (const ids of parted()) overQuota(machine, ids).forEach(remove);
};

export const liveStatus = (machine: Machine): LiveStatus =>
  readJson<LiveStatus>(machine.at(PATHS.liveStatus)) ?? {};

/** Below /run: nothing is written to the disk while nothing changes. */
export const recordLive = (machine: Machine, news: LiveStatus): void => {
  const status = { ...liveStatus(machine), ...news };
  writeWhole(machine.at(PATHS.liveStatus), `${JSON.stringify(status, undefined, 2)}\n`, 0o644);
};
