import { renameSync } from "node:fs";

import { codeOf } from "@second-server/contract/caught";

import type { Clock } from "../adapters/clock";
import { reason, type Log } from "../adapters/log";
import { type Database, openDatabase } from "./database";
import { loadState, type SavedState } from "./load-state";

/** What the operator has to know. */
export interface Trouble {
  readonly lead: string;
  readonly problem: string;
}
export interface Opened {
  readonly database: Database;
  readonly kept: SavedState;
  readonly trouble?: Trouble;
}

const damaged = /malformed|not a database|corrupt|disk image|damaged/i;

/** @throws when any page of it is damaged: what is found later stops the writing. */
const openWhole = async (path: string): Promise<Opened> => {
  const database = await openDatabase(path);
  try {
    const [found] = await database.rows<{ quick_check: string }>("PRAGMA quick_check(1)");
    if (found?.quick_check !== "ok")
      throw new Error(`${path}: damaged: ${found?.quick_check.replace(/\s+/g, " ")}`);
    return { database, kept: await loadState(database) };
  } catch (error) {
    database.close();
    throw error;
  }
};

/**
 * A monitor that does not start because of its history watches nothing, so it starts in any case: a
 * damaged database is set aside for a look and a new one begun; one that can't be opened (full or
 * read-only disk, written by a newer program) is left alone and done without until the next start.
 */
export const openOrRecover = async (path: string, clock: Clock, log: Log): Promise<Opened> => {
  try {
    return await openWhole(path);
  } catch (error) {
    log.error(reason(error));
    if (damaged.test(reason(error))) {
      const aside = `${path}.damaged-${new Date(clock.now()).toISOString().replace(/\W/g, "").slice(0, 15)}`;
      for (const suffix of ["", "-wal", "-shm"])
        moveIfThere(`${path}${suffix}`, `${aside}${suffix}`);
      const anew = await openWhole(path).catch((again: unknown) => log.error(reason(again)));
      if (anew !== undefined)
        return {
          ...anew,
          trouble: {
            lead: "The monitor's history was damaged and begins anew",
            problem: `${reason(error)}; the old file is kept as ${aside}`,
          },
        };
    }
    return {
      ...(await openWhole(":memory:")),
      trouble: {
        lead: "The monitor runs without its history",
        problem: `${reason(error)}; what happens now is forgotten at the next start`,
      },
    };
  }
};

const moveIfThere = (from: string, to: string): void => {
  try {
    renameSync(from, to);
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
  }
};
