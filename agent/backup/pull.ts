import { chmodSync, existsSync, renameSync, rmSync } from "node:fs";

import { messageOf } from "@second-server/contract/caught";
import { PATHS } from "@second-server/contract/paths";

import { shown } from "../file-names";
import { makeFolder } from "../files";
import type { Machine } from "../machine";
import { fetchInto } from "./fetch";
import { doubtsAbout, failedItems } from "./items";
import { type BackupManifest, readManifest, sizeOf } from "./manifest";
import { Incomplete, Refused } from "./refusals";
import { idOf } from "./retention";
import {
  backupIds,
  expectedItems,
  folderOf,
  isSound,
  letGo,
  noteDoubts,
  noteOrder,
  recordStatus,
} from "./store";

const partial = (machine: Machine): string => machine.at(`${PATHS.backups}/.partial`);

/** Two pulls within a second are two backups. */
const freeId = (machine: Machine, at: Date): string =>
  existsSync(folderOf(machine, idOf(at)))
    ? freeId(machine, new Date(at.getTime() + 1000))
    : idOf(at);

/** Beside the newest backup that is good: one that is doubtful itself is no measure. */
const doubtsOfFresh = (machine: Machine, fresh: BackupManifest): readonly string[] => {
  const before = backupIds(machine).find((id) => isSound(machine, id));
  if (before === undefined) return [];
  const manifest = readManifest(folderOf(machine, before));
  return "fault" in manifest ? [] : doubtsAbout(fresh, manifest, expectedItems(machine));
};

interface Taken {
  readonly manifest: BackupManifest;
  readonly doubts: readonly string[];
}

const take = async (machine: Machine, id: string): Promise<Taken> => {
  const folder = partial(machine);
  rmSync(folder, { recursive: true, force: true });
  makeFolder(folder, 0o700);
  try {
    const manifest = await fetchInto(machine, folder);
    const doubts = doubtsOfFresh(machine, manifest);
    chmodSync(folder, 0o700);
    // Both are written before the backup has its name: a power cut leaves none without its place,
    // or without what speaks against it.
    noteOrder(machine, id);
    noteDoubts(machine, id, doubts);
    renameSync(folder, folderOf(machine, id));
    return { manifest, doubts };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
};

const asText = (items: readonly { readonly path: string; readonly failed: string }[]): string[] =>
  items.map(({ path, failed }) => `${shown(path)}: ${shown(failed)}`);

const ACCEPT =
  "If that is meant: sudo fleet-agent backup accept (on the watcher). Until then the older one stays the newest good one";

/** What is said of a backup that is kept, but is not all that it should be. */
const problemsOf = ({ manifest, doubts }: Taken, id: string): readonly string[] => [
  ...asText(failedItems(manifest)).map((text) => `backup ${id} lacks ${text}`),
  ...(doubts.length > 0 ? [`backup ${id} is doubtful: ${doubts.join("; ")}. ${ACCEPT}`] : []),
];

const recordTaken = (machine: Machine, id: string, began: Date, taken: Taken): void => {
  const { manifest } = taken;
  const problems = problemsOf(taken, id);
  // The primary's word for when it was: never later than now, or it would stay fresh for ever.
  const at = Math.min(Date.parse(manifest.at), machine.now().getTime());
  recordStatus(machine, {
    ok: problems.length === 0,
    at: began.toISOString(),
    ...(problems.length === 0 && { newest: id, newestVerifiedAt: new Date(at).toISOString() }),
    files: manifest.entries.length,
    bytes: sizeOf(manifest),
    seconds: (machine.now().getTime() - began.getTime()) / 1000,
    error: problems.length > 0 ? problems.join("; ") : undefined,
    problems: problems.length > 0 ? problems : undefined,
  });
};

const recordFailure = (machine: Machine, began: Date, error: unknown): void => {
  const message = messageOf(error);
  // On a full disk the status can't be written either: its age tells the Observatory, and the first
  // reason is what counts here.
  try {
    recordStatus(machine, {
      ok: false,
      at: began.toISOString(),
      error: message,
      ...(error instanceof Refused && { problems: [message] }),
    });
  } catch (second) {
    machine.log(messageOf(second));
  }
};

/**
 * Lets old backups go, fetches one of the primary, checks every file of it, and compares it with
 * the one before. Says how it went in status.json either way.
 */
export const pull = async (machine: Machine): Promise<void> => {
  const began = machine.now();
  const id = freeId(machine, began);
  makeFolder(machine.at(PATHS.backups), 0o711);
  try {
    // First, so that fewer kept backups make room on a full disk; and again for the one that came.
    const early = letGo(machine);
    const taken = await take(machine, id);
    const gone = early.length + letGo(machine).length;
    recordTaken(machine, id, began, taken);
    machine.log(
      `backup ${id}: ${taken.manifest.entries.length} files, ${sizeOf(taken.manifest)} bytes, verified, ${((machine.now().getTime() - began.getTime()) / 1000).toFixed(1)} s${gone > 0 ? `; ${gone} old let go` : ""}`,
    );
    for (const problem of problemsOf(taken, id)) machine.log(problem);
    const failed = asText(failedItems(taken.manifest));
    if (failed.length > 0)
      throw new Incomplete(
        `fleet-agent backup pull: ${id} is kept, without ${failed.join("; without ")}`,
      );
  } catch (error) {
    if (!(error instanceof Incomplete)) recordFailure(machine, began, error);
    throw error;
  }
};
