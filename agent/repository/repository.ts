import { existsSync, readdirSync, renameSync, rmSync } from "node:fs";

import type {
  BackupStatus,
  RepositoryStatus,
  RepositoryWork,
} from "@second-server/contract/backups";
import { messageOf } from "@second-server/contract/caught";
import { PATHS } from "@second-server/contract/paths";

import { recordStatus } from "../backup/store";
import { readJson, makeFolder } from "../files";
import type { Machine } from "../machine";
import { mustRestic, ownRepository } from "./restic";

export const repositoryStatus = (machine: Machine): RepositoryStatus =>
  readJson<BackupStatus>(machine.at(PATHS.backupStatus))?.repository ?? {};

export const recordRepository = (machine: Machine, news: RepositoryStatus): void => {
  recordStatus(machine, { repository: { ...repositoryStatus(machine), ...news } });
};

type Work = "taken" | "checked" | "tested";
export const note = (machine: Machine, work: Work, news: RepositoryWork): void => {
  recordRepository(machine, { [work]: { ...repositoryStatus(machine)[work], ...news } });
};

/**
 * One work on the repository, whose end is noted for the Observatory, good or bad; on a full disk,
 * where nothing can be noted, its age tells.
 */
export const noted = async <T>(
  machine: Machine,
  work: Work,
  carryOut: () => Promise<T>,
): Promise<T> => {
  try {
    const result = await carryOut();
    note(machine, work, { at: machine.now().toISOString(), error: undefined });
    return result;
  } catch (error) {
    try {
      note(machine, work, { error: messageOf(error) });
    } catch (second) {
      machine.log(messageOf(second));
    }
    throw error;
  }
};

const namesIn = (machine: Machine, folder: string): readonly string[] => {
  const path = machine.at(`${PATHS.repository}/${folder}`);
  return existsSync(path) ? readdirSync(path) : [];
};

export const hasRepository = (machine: Machine): boolean => namesIn(machine, "").includes("config");

/** Made beside and renamed: restic refuses to go on with one whose making was cut short. */
const make = async (machine: Machine): Promise<void> => {
  const [place, draft] = [machine.at(PATHS.repository), machine.at(`${PATHS.repository}.new`)];
  if (namesIn(machine, "").length > 0)
    throw new Error(
      `${PATHS.repository}: there is a repository whose file "config" is missing. None is made over it: give that file back, or put the folder aside (mv).`,
    );
  for (const folder of [place, draft]) rmSync(folder, { recursive: true, force: true });
  makeFolder(draft, 0o700);
  await mustRestic(machine, { address: draft }, ["init"], { seconds: 120 });
  renameSync(draft, place);
  recordRepository(machine, { since: machine.now().toISOString() });
};

/**
 * There is one, and in it no lock of a run that was killed: all that writes to it holds the agent's
 * own lock.
 */
export const openRepository = async (machine: Machine): Promise<void> => {
  if (!hasRepository(machine)) await make(machine);
  else if (namesIn(machine, "locks").length > 0)
    await mustRestic(machine, ownRepository(machine), ["unlock", "--remove-all"], { seconds: 120 });
};
