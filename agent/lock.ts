import { spawnSync } from "node:child_process";
import { closeSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from "node:fs";
import { dirname } from "node:path";

import { PATHS } from "@second-server/contract/paths";

import type { Machine } from "./machine";

/** The lock belongs to the open file, not to the `flock` program that takes it for us: the kernel lifts it when this process ends, however it ends. */
const take = (file: number, seconds: number): boolean => {
  const { status, error } = spawnSync("flock", ["--exclusive", "--wait", String(seconds), "3"], {
    stdio: ["ignore", "ignore", "inherit", file],
  });
  if (error) throw new Error(`flock: ${error.message}. It is part of Debian's util-linux.`);
  return status === 0;
};

/** Only says who holds it: on a full disk the lock holds all the same, and what makes room can be done. */
const noteHolder = (file: number, command: string, since: Date): void => {
  try {
    ftruncateSync(file);
    writeSync(
      file,
      `"fleet-agent ${command}" (process ${process.pid}, since ${since.toISOString().slice(0, 19)}Z)\n`,
    );
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
  }
};

/** One changing command at a time under each lock; waits up to `seconds` for the other, then says which it is. */
export const withLock = async <T>(
  machine: Machine,
  command: string,
  seconds: number,
  work: () => Promise<T>,
  lock: string = PATHS.agentLock,
): Promise<T> => {
  const path = machine.at(lock);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const file = openSync(path, "a+", 0o600);
  try {
    if (!take(file, 0)) {
      const other = readFileSync(path, "utf8").trim() || "another fleet-agent";
      if (seconds > 0) machine.log(`waiting for ${other}`);
      if (seconds === 0 || !take(file, seconds))
        throw new Error(`${other} is at work. Wait for it and run this again.`);
    }
    noteHolder(file, command, machine.now());
    return await work();
  } finally {
    closeSync(file);
  }
};
