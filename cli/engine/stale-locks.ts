import { readFileSync, readdirSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";

import { codeOf } from "@second-server/contract/caught";

import type { Context } from "../context";
import { backendFolder } from "./state";

/** A stack's lock as Pulumi's file backend writes it. */
interface Lock {
  readonly pid: number;
  readonly hostname: string;
  readonly timestamp: string;
}

/** /proc counts in hundredths of a second. */
const TICKS = 100;
/** The lock is written a moment after the process has started. */
const SLACK_MS = 2000;

/**
 * When a process started, in milliseconds since 1970; undefined where there is none, or it can't be
 * told (no /proc).
 */
const startedAt = (pid: number): number | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const boot = Number(/^btime (\d+)/m.exec(readFileSync("/proc/stat", "utf8"))?.[1]);
    // A zombie holds nothing any more.
    return fields[0] === "Z" ? undefined : boot * 1000 + (Number(fields[19]) / TICKS) * 1000;
  } catch {
    return undefined;
  }
};

const exists = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
};

/**
 * Whether the process that took the lock is gone for sure: no such process here, or its number
 * belongs to one that started later. Another host's can't be told.
 */
export const isDead = ({ pid, hostname: host, timestamp }: Lock): boolean => {
  if (host !== hostname() || !Number.isInteger(pid)) return false;
  if (process.platform !== "linux") return !exists(pid);
  const started = startedAt(pid);
  return started === undefined || started > Date.parse(timestamp) + SLACK_MS;
};

/**
 * Removes the locks of engines that were killed: the next `up` takes over instead of asking to be
 * unlocked. Returns their process numbers.
 */
export const liftDeadLocks = (context: Context): readonly number[] => {
  const backend = backendFolder(context);
  if (backend === undefined) return [];
  const folder = join(backend, ".pulumi/locks/organization/second-server", context.stack);
  let names: readonly string[];
  try {
    names = readdirSync(folder).filter((name) => name.endsWith(".json"));
  } catch (error) {
    if (codeOf(error) === "ENOENT") return [];
    throw error;
  }
  return names.flatMap((name) => {
    const path = join(folder, name);
    let lock: Lock;
    // Half a lock was written by nobody who still runs: both engines write theirs whole.
    try {
      lock = JSON.parse(readFileSync(path, "utf8")) as Lock;
    } catch {
      rmSync(path, { force: true });
      return [0];
    }
    if (!isDead(lock)) return [];
    rmSync(path, { force: true });
    return [lock.pid];
  });
};
