import { messageOf } from "@second-server/contract/caught";

import type { Machine } from "../machine";
import { offsiteStatus, recordOffsite } from "../repository/offsite-status";
import { hasRepository } from "../repository/repository";
import { complaintOf, mustRestic, ownRepository, restic } from "../repository/restic";
import { type Snapshot, snapshotsIn, superseded } from "../repository/snapshots";
import { expiredSnapshots } from "../repository/take-in";
import { shareOf } from "../repository/upkeep";
import { type Offsite, copiedFrom, openOffsite, withoutSecret } from "./place";

/** Within the time that any work under a lock may take. */
const COPY_SECONDS = 4 * 3600;
const CHECK_SECONDS = 3600;
const FEW_SECONDS = 300;

/** One work there, whose end is noted for the Observatory, good or bad. */
const noted = async (
  machine: Machine,
  offsite: Offsite,
  work: "copied" | "checked",
  carryOut: () => Promise<void>,
): Promise<void> => {
  const note = (news: { readonly at?: string; readonly error: string | undefined }): void => {
    recordOffsite(machine, { [work]: { ...offsiteStatus(machine)?.[work], ...news } });
  };
  try {
    await carryOut();
    note({ at: machine.now().toISOString(), error: undefined });
  } catch (error) {
    const message = withoutSecret(messageOf(error), offsite);
    note({ error: message });
    throw new Error(`the third place (${offsite.place.address}): ${message}`, { cause: error });
  }
};

/** restic 0.17 has a code of its own for that; those before say it. */
const NO_REPOSITORY = 10;
const SAYS_NONE =
  /does not exist|not exist|no such file|404|not found|NoSuchBucket|specified key does not/i;

/**
 * Whether there is a repository that the password opens; rejects where that can't be known, so that
 * a place that is out of reach is never taken for an empty one.
 */
export const isThere = async (machine: Machine, offsite: Offsite): Promise<boolean> => {
  const ran = await restic(machine, offsite, ["cat", "config", "--no-lock"], {
    seconds: FEW_SECONDS,
  });
  if (ran.code === 0) return true;
  const said = `${ran.stdout}\n${ran.stderr}`;
  if (ran.code === NO_REPOSITORY || (SAYS_NONE.test(said) && !/wrong password/i.test(said)))
    return false;
  throw new Error(complaintOf(ran));
};

/**
 * Made with the same parameters of its chunks, so that what is in both is there once in each; no
 * lock of a run that was killed stays.
 */
const prepare = async (machine: Machine, offsite: Offsite): Promise<void> => {
  if (await isThere(machine, offsite)) {
    const words = ["unlock", "--remove-all"];
    await restic(machine, offsite, words, { seconds: FEW_SECONDS });
    return;
  }
  const place = copiedFrom(offsite, ownRepository(machine));
  await mustRestic(machine, place, ["init", "--copy-chunker-params"], {
    seconds: FEW_SECONDS,
  });
};

/** By the same policy as on the watcher; nothing where the place takes only more. */
const letGo = async (
  machine: Machine,
  offsite: Offsite,
  all: readonly Snapshot[],
): Promise<readonly Snapshot[]> => {
  // What was taken in anew on the watcher, without a service that is forgotten, was copied anew.
  const gone = offsite.place.appendOnly
    ? []
    : [...new Set([...expiredSnapshots(machine, all), ...superseded(all)])];
  if (gone.length > 0)
    await mustRestic(
      machine,
      offsite,
      ["forget", "--quiet", ...gone.map(({ snapshot }) => snapshot)],
      { seconds: FEW_SECONDS },
    );
  return all.filter((one) => !gone.includes(one));
};

const copy = async (machine: Machine, offsite: Offsite): Promise<void> => {
  if (!hasRepository(machine))
    throw new Error("there is no repository yet that could be copied: no backup was taken in");
  await prepare(machine, offsite);
  // Without a lock on what is read: whatever is taken in meanwhile is not in its way, and nothing is
  // pruned.
  const place = copiedFrom(offsite, ownRepository(machine));
  await mustRestic(machine, place, ["copy", "--quiet", "--no-lock"], {
    seconds: COPY_SECONDS,
  });
  const kept = await letGo(machine, offsite, await snapshotsIn(machine, offsite));
  recordOffsite(machine, { ids: kept.map(({ id }) => id), newestAt: kept.at(-1)?.at ?? "" });
};

const check = async (machine: Machine, offsite: Offsite): Promise<void> => {
  await mustRestic(machine, offsite, ["check", shareOf(machine.now())], {
    seconds: CHECK_SECONDS,
  });
};

/**
 * The day's work: what the repository has goes there, what is too old is let go, a share of the data
 * is read. What is found damaged is not pruned: nothing goes that may still be needed.
 */
export const copyOut = async (machine: Machine): Promise<void> => {
  const offsite = openOffsite(machine);
  recordOffsite(machine, { address: offsite.place.address });
  await noted(machine, offsite, "copied", () => copy(machine, offsite));
  await noted(machine, offsite, "checked", () => check(machine, offsite));
  if (!offsite.place.appendOnly)
    await mustRestic(machine, offsite, ["prune", "--quiet", "--max-unused=10%"], {
      seconds: CHECK_SECONDS,
    });
  const { ids = [], newestAt = "none" } = offsiteStatus(machine) ?? {};
  machine.log(
    `the third place (${offsite.place.address}) has ${ids.length} backups, the newest of ${newestAt}; a seventh of it was read`,
  );
};
