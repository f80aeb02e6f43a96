import { spawnSync } from "node:child_process";
import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  futimesSync,
  openSync,
  readFileSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";

import { codeOf } from "@second-server/contract/caught";
import { PATHS } from "@second-server/contract/paths";

import { makeFolder } from "./files";
import type { Machine } from "./machine";

/** So often a holder shows that it is alive. */
const BEAT_MS = 15_000;
/**
 * A holder that has not been heard of for so long hangs: stopped, or in one call that never
 * returns. Reading a large file through is shorter.
 */
const SILENT_SECONDS = 240;
/** No work under a lock is longer, whatever signs of life it gives. */
const LONGEST_SECONDS = 6 * 3600;

/**
 * The lock belongs to the open file, not to the `flock` program that takes it for us: the kernel
 * lifts it when this process ends, however it ends.
 */
const take = (file: number, seconds: number): boolean => {
  const { status, error } = spawnSync("flock", ["--exclusive", "--wait", String(seconds), "3"], {
    stdio: ["ignore", "ignore", "inherit", file],
  });
  if (error) throw new Error(`flock: ${error.message}. It is part of Debian's util-linux.`);
  return status === 0;
};

/**
 * Only says who holds it: on a full disk the lock holds all the same, and what makes room can be
 * done.
 */
const noteHolder = (file: number, command: string, since: Date): void => {
  try {
    ftruncateSync(file);
    writeSync(
      file,
      `"fleet-agent ${command}" (process ${process.pid}, since ${since.toISOString().slice(0, 19)}Z)\n`,
    );
  } catch (error) {
    if (codeOf(error) !== "ENOSPC") throw error;
  }
};

interface Holder {
  readonly words: string;
  readonly pid: number | undefined;
  readonly since: number;
  readonly seen: number;
}
const holderOf = (file: number, path: string): Holder => {
  const text = readFileSync(path, "utf8").trim();
  const [, pid, since = ""] = /\(process (\d+)(?:, since (\S+))?\)$/.exec(text) ?? [];
  const seen = fstatSync(file).mtimeMs;
  return {
    words: text || "another fleet-agent",
    pid: pid === undefined ? undefined : Number(pid),
    since: Date.parse(since) || seen,
    seen,
  };
};

/** A number is given again: only a process that is an agent's is ended. */
const isAgent = (pid: number): boolean => {
  try {
    return /agent/.test(readFileSync(`/proc/${pid}/cmdline`, "utf8"));
  } catch {
    return false;
  }
};

/** Ends a holder that hangs, and says so; undefined where there is none to end. */
const breakHung = (machine: Machine, file: number, path: string): string | undefined => {
  const { words, pid, since, seen } = holderOf(file, path);
  if (pid === undefined || pid === process.pid) return undefined;
  // The file's time is the host's own.
  const silent = Math.round((Date.now() - seen) / 1000);
  const age = Math.round((machine.now().getTime() - since) / 1000);
  const late = age > LONGEST_SECONDS;
  if ((!late && silent <= SILENT_SECONDS) || !isAgent(pid)) return undefined;
  process.kill(pid, "SIGKILL");
  return `${words} was ended: ${late ? `it had been at work for ${age} s, and the longest work takes ${LONGEST_SECONDS} s` : `it gave no sign of life for ${silent} s, and one is due every ${BEAT_MS / 1000} s`}`;
};

/** In short turns, so that one that begins to hang meanwhile is seen. */
const waitFor = (machine: Machine, file: number, path: string, seconds: number): boolean => {
  for (let left = seconds; ; left -= 5) {
    const broken = breakHung(machine, file, path);
    if (broken !== undefined) machine.log(broken);
    if (take(file, broken === undefined ? Math.max(0, Math.min(5, left)) : 10)) return true;
    if (left <= 0) return false;
  }
};

/**
 * One changing command at a time under each lock; waits up to `seconds` for the other, then says
 * which it is. One that hangs is ended.
 */
export const withLock = async <T>(
  machine: Machine,
  command: string,
  seconds: number,
  work: () => Promise<T>,
  lock: string = PATHS.agentLock,
): Promise<T> => {
  const path = machine.at(lock);
  makeFolder(dirname(path), 0o700);
  const file = openSync(
    path,
    constants.O_RDWR | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW,
    0o600,
  );
  let beat: NodeJS.Timeout | undefined;
  try {
    if (!take(file, 0)) {
      const { words } = holderOf(file, path);
      if (seconds > 0) machine.log(`waiting for ${words}`);
      if (!waitFor(machine, file, path, seconds))
        throw new Error(`${words} is at work. Wait for it and run this again.`);
    }
    noteHolder(file, command, machine.now());
    beat = setInterval(() => futimesSync(file, new Date(), new Date()), BEAT_MS);
    beat.unref();
    return await work();
  } finally {
    clearInterval(beat);
    closeSync(file);
  }
};
