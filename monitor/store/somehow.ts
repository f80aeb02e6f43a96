import { renameSync } from "node:fs";
import type { Clock } from "../adapters/clock";
import { reason, type Log } from "../adapters/log";
import { type Database, openDatabase, TooNew } from "./database";

export interface Opened { readonly database: Database; /** What the operator has to know. */ readonly trouble?: { readonly lead: string; readonly problem: string } }

const damaged = /malformed|not a database|corrupt|disk image/i;

/**
 * A monitor that does not start because of its history watches nothing, so it starts in any case: a damaged database is set aside for a look and a new one begun;
 * one that can't be opened (full or read-only disk) is done without until the next start. @throws TooNew: that is the operator's to decide.
 */
export async function openSomehow(path: string, clock: Clock, log: Log): Promise<Opened> {
  try {
    return { database: await openDatabase(path) };
  } catch (error) {
    if (error instanceof TooNew) throw error;
    log.error(reason(error));
    if (damaged.test(reason(error))) {
      const aside = `${path}.damaged-${new Date(clock.now()).toISOString().replace(/\W/g, "").slice(0, 15)}`;
      for (const suffix of ["", "-wal", "-shm"]) moveIfThere(`${path}${suffix}`, `${aside}${suffix}`);
      const database = await openDatabase(path).catch(() => undefined);
      if (database !== undefined) return { database, trouble: { lead: "The monitor's history was damaged and begins anew", problem: `${reason(error)}; the old file is kept as ${aside}` } };
    }
    return { database: await openDatabase(":memory:"), trouble: { lead: "The monitor runs without its history", problem: `${reason(error)}; what happens now is forgotten at the next start` } };
  }
}

function moveIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}
