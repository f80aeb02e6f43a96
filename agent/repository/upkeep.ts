import { messageOf } from "@second-server/contract/caught";
import { PATHS } from "@second-server/contract/paths";

import { withLock } from "../lock";
import type { Machine } from "../machine";
import { noted, openRepository, recordRepository } from "./repository";
import { mustRestic, ownRepository, restic } from "./restic";

const PRUNE_SECONDS = 3600;
const CHECK_SECONDS = 3600;
/** Each day another share: the whole is read once a week. */
const SHARES = 7;
const DAY_MS = 86_400_000;

/** What `restic check` reads today. */
export const shareOf = (now: Date): string =>
  `--read-data-subset=${(Math.floor(now.getTime() / DAY_MS) % SHARES) + 1}/${SHARES}`;

const sizeOf = async (machine: Machine): Promise<number | undefined> => {
  const { code, stdout } = await machine.run([
    "du",
    "-s",
    "--block-size=1",
    "--",
    ownRepository(machine).address,
  ]);
  const bytes = Number(stdout.split("\t")[0]);
  return code === 0 && Number.isSafeInteger(bytes) ? bytes : undefined;
};

/**
 * What nothing refers to any more goes. On a full disk packs are not written anew, and whole ones
 * still go.
 */
const prune = async (machine: Machine, unused: string): Promise<void> => {
  const place = ownRepository(machine);
  const all = await restic(machine, place, ["prune", "--quiet", `--max-unused=${unused}`], {
    seconds: PRUNE_SECONDS,
  });
  if (all.code !== 0)
    await mustRestic(machine, place, ["prune", "--quiet", "--max-repack-size=0"], {
      seconds: PRUNE_SECONDS,
    });
};

/** A share of the data is read: all of it where `whole`. */
export const check = async (machine: Machine, whole = false): Promise<void> => {
  await noted(machine, "checked", async () => {
    await openRepository(machine);
    await mustRestic(
      machine,
      ownRepository(machine),
      ["check", whole ? "--read-data" : shareOf(machine.now())],
      { seconds: CHECK_SECONDS },
    );
    const bytes = await sizeOf(machine);
    recordRepository(machine, bytes === undefined ? {} : { bytes });
  });
};

/**
 * What is being copied to the third place has to stay until it is there. `unused`: how much that
 * nothing refers to may stay, for the sake of less work.
 */
export const pruneUnlessCopied = async (machine: Machine, unused = "10%"): Promise<void> => {
  let begun = false;
  try {
    await withLock(
      machine,
      "backup prune",
      0,
      () => {
        begun = true;
        return prune(machine, unused);
      },
      PATHS.offsiteLock,
    );
  } catch (error) {
    if (begun) throw error;
    machine.log(`not pruned today: ${messageOf(error)}`);
  }
};

/**
 * Once a day, each by itself: a repository that is damaged is not pruned, so that nothing goes that
 * may still be needed.
 */
export const upkeep = async (machine: Machine): Promise<void> => {
  await check(machine);
  await pruneUnlessCopied(machine);
};
