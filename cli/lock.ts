import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { codeOf } from "@second-server/contract/caught";

import type { Context } from "./context";
import { cannotRun } from "./errors";

interface Holder {
  readonly pid: number;
  /** The process's start, in clock ticks after boot: a reused pid is another process. */ readonly started: string;
  readonly command: string;
  readonly since: string;
}

const startOf = (pid: number): string | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? undefined;
  } catch {
    return undefined;
  }
};

const read = (file: string): Holder | undefined => {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Holder;
  } catch {
    return undefined;
  }
};

const alive = ({ pid, started }: Holder): boolean => {
  if (process.platform === "linux") return startOf(pid) === started;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/**
 * Moves a dead holder's lock out of the way. Of two that see it dead only one moves it; who finds
 * that he has moved the other's new one puts it back.
 */
const clear = (file: string): void => {
  const aside = `${file}.${process.pid}.dead`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return;
    throw error;
  }
  const holder = read(aside);
  if (holder && alive(holder)) linkSync(aside, file);
  rmSync(aside);
};

const take = (file: string, draft: string, command: string, folder: string): void => {
  for (let attempt = 0; attempt < 5; attempt++) {
    // Linked in whole: a lock that could be seen half written would look like nobody's.
    try {
      return linkSync(draft, file);
    } catch (error) {
      if (codeOf(error) !== "EEXIST") throw error;
    }
    const holder = read(file);
    if (holder && alive(holder))
      throw cannotRun(
        `fleet ${command}: "fleet ${holder.command}" is at work on ${folder} (process ${holder.pid}, since ${holder.since}). Wait for it, or stop it.`,
      );
    clear(file);
  }
  throw cannotRun(
    `fleet ${command}: ${file} can't be taken over. Remove it if no other fleet command is running.`,
  );
};

/** Locks of a state folder. A drill has its own: the commands that it runs take the other. */
const LOCKS = { change: "fleet.lock", drill: "drill.lock" } as const;

/** Whether a command that is still alive holds it. */
export const isHeld = (context: Context, lock: keyof typeof LOCKS): boolean => {
  const holder = read(join(context.paths.state, LOCKS[lock]));
  return holder !== undefined && alive(holder);
};

/** One changing command a state folder at a time; a holder that was killed is not a holder. */
export const withLock = async <T>(
  context: Context,
  command: string,
  work: () => Promise<T>,
  lock: keyof typeof LOCKS = "change",
): Promise<T> => {
  const file = join(context.paths.state, LOCKS[lock]);
  mkdirSync(context.paths.state, { recursive: true, mode: 0o700 });
  const mine: Holder = {
    pid: process.pid,
    started: startOf(process.pid) ?? "",
    command,
    since: new Date().toISOString(),
  };
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(mine), { mode: 0o600 });
  try {
    take(file, draft, command, context.paths.state);
  } finally {
    rmSync(draft, { force: true });
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
};
