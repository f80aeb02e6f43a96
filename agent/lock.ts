import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Machine } from "./machine";
import { PLACES } from "./places";

interface Holder { readonly pid: number; readonly started: string; readonly command: string }

/** A process's start in clock ticks after boot: tells a reused pid from its former owner. */
const startOf = (pid: number): string => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch { return ""; }
};

const holderOf = (file: string): Holder | null => { try { return JSON.parse(readFileSync(file, "utf8")) as Holder; } catch { return null; } };

/** One changing command on a machine at a time; waits up to `seconds` for the other, then says which it is. */
export const withLock = async <T>(machine: Machine, command: string, seconds: number, work: () => Promise<T>): Promise<T> => {
  const file = machine.at(PLACES.lock);
  const draft = `${file}.${process.pid}`;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(draft, JSON.stringify({ pid: process.pid, started: startOf(process.pid), command } satisfies Holder), { mode: 0o600 });
  const deadline = machine.now().getTime() + seconds * 1000;
  try {
    for (;;) {
      try { linkSync(draft, file); break; } catch (error) { if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error; }
      const holder = holderOf(file);
      if (!holder || startOf(holder.pid) !== holder.started || holder.started === "") { rmSync(file, { force: true }); continue; }
      if (machine.now().getTime() >= deadline) throw new Error(`"fleet-agent ${holder.command}" (process ${holder.pid}) is at work. Wait for it and run this again.`);
      await machine.sleep(500);
    }
  } finally { rmSync(draft, { force: true }); }
  try { return await work(); } finally { rmSync(file, { force: true }); }
};
