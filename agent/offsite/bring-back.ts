import { existsSync, renameSync, rmSync } from "node:fs";

import { messageOf } from "@second-server/contract/caught";
import { PATHS } from "@second-server/contract/paths";

import { makeFolder } from "../files";
import type { Machine } from "../machine";
import { hasRepository, recordRepository } from "../repository/repository";
import { mustRestic } from "../repository/restic";
import { isThere } from "./copy-out";
import { type Offsite, copiedFrom, hasOffsite, openOffsite, withoutSecret } from "./place";

const BRING_SECONDS = 4 * 3600;
const FEW_SECONDS = 300;

const isBegun = (folder: string): boolean => existsSync(`${folder}/config`);

/** Goes on with what an earlier try has brought. */
const fill = async (machine: Machine, offsite: Offsite, draft: string): Promise<void> => {
  const here = copiedFrom({ ...offsite, address: draft }, offsite);
  if (isBegun(draft))
    await mustRestic(machine, here, ["unlock", "--remove-all"], { seconds: FEW_SECONDS });
  else {
    rmSync(draft, { recursive: true, force: true });
    makeFolder(draft, 0o700);
    await mustRestic(machine, here, ["init", "--copy-chunker-params"], {
      seconds: FEW_SECONDS,
    });
  }
  await mustRestic(machine, here, ["copy", "--quiet", "--no-lock"], {
    seconds: BRING_SECONDS,
  });
};

/**
 * In the unit that is handed what opens both: all that the third place has, as a repository beside
 * where it belongs. Nothing where it has none.
 */
export const bringBack = async (machine: Machine): Promise<void> => {
  const offsite = openOffsite(machine);
  const whole = machine.at(PATHS.broughtBack);
  if (isBegun(whole)) return;
  try {
    if (!(await isThere(machine, offsite))) {
      machine.log(`the third place (${offsite.place.address}) has no backup yet`);
      return;
    }
    await fill(machine, offsite, `${whole}.new`);
    renameSync(`${whole}.new`, whole);
  } catch (error) {
    throw new Error(
      `the third place (${offsite.place.address}) could not be read, and backups may be there: ${withoutSecret(messageOf(error), offsite)}. To begin without them, take the stack's setting \`offsite\` away.`,
      { cause: error },
    );
  }
};

/** There is a third place, and no repository here that it could be the copy of. */
export const isEmptied = (machine: Machine): boolean =>
  !hasRepository(machine) && hasOffsite(machine);

/**
 * A watcher without a repository has lost it, or never had one: before it begins one, what the third
 * place has comes back. `bring` does it where the network may be reached.
 */
export const fillBack = async (machine: Machine, bring: () => Promise<number>): Promise<void> => {
  if (!isEmptied(machine)) return;
  const code = await bring();
  if (code !== 0)
    throw new Error(
      `the repository could not be filled from the third place (exit ${code}); nothing was begun without it`,
    );
  const whole = machine.at(PATHS.broughtBack);
  if (!isBegun(whole)) return;
  renameSync(whole, machine.at(PATHS.repository));
  recordRepository(machine, { since: machine.now().toISOString() });
  machine.log("the repository of backups is back from the third place");
};
