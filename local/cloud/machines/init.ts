import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";

import { isErrorOf, unlessGone } from "../files";
import type { Hierarchies } from "./cgroups";
import { insideGroup } from "./machine-groups";

/** Of a control group and all below it, by the host's process ids. */
export const processesBelow = async (folder: string): Promise<number[]> => {
  const entries = await unlessGone(readdir(folder, { withFileTypes: true }), []);
  const own = (await unlessGone(readFile(join(folder, "cgroup.procs"), "utf8"), ""))
    .split("\n")
    .filter(Boolean)
    .map(Number);
  const below = await Promise.all(
    entries
      .filter((entry) => entry.isDirectory())
      .map((entry) => processesBelow(join(folder, entry.name))),
  );
  return [...own, ...below.flat()];
};

/** Host's process id of the machine's PID 1, or undefined while there is none. */
export const initOf = async (
  host: Hierarchies,
  lab: string,
  dropletId: number,
): Promise<number | undefined> => {
  for (const pid of await processesBelow(insideGroup(host, lab, dropletId))) {
    const status = await unlessGone(readFile(`/proc/${pid}/status`, "utf8"), "");
    const numbers = /^NSpid:\s+(.+)$/m.exec(status)?.[1]?.split(/\s+/) ?? [];
    if (numbers.length === 2 && numbers[1] === "1") return pid;
  }
  return undefined;
};

/** What systemd as PID 1 understands (SIGRTMIN is 34 with glibc). */
const orders = { powerOff: 34 + 4, reboot: 34 + 5 } as const;
/** Giving the same order twice is giving it once. */
const AGAIN = 500;

/** Fine when the process is gone. */
export const signal = (pid: number, number: number | NodeJS.Signals): void => {
  try {
    process.kill(pid, number);
  } catch (error) {
    if (!isErrorOf(error, "ESRCH")) throw error;
  }
};

export interface Order {
  readonly order: keyof typeof orders;
  readonly seconds: number;
  /** The PID 1 that is meant. */
  readonly init: () => Promise<number | undefined>;
  readonly obeyed: () => Promise<boolean>;
}

/**
 * Asks a machine's PID 1 until it has obeyed; resolves with false when it has not after `seconds`.
 * Once is not enough: the kernel drops what comes before systemd listens, which on a busy host is
 * seconds after the boot's begin.
 */
export const command = async ({ order, seconds, init, obeyed }: Order): Promise<boolean> => {
  const deadline = Date.now() + seconds * 1000;
  for (let next = 0; !(await obeyed()); await new Promise((resolve) => setTimeout(resolve, 20))) {
    const now = Date.now();
    if (now > deadline) return false;
    if (now < next) continue;
    const pid = await init();
    if (pid !== undefined) signal(pid, orders[order]);
    next = now + AGAIN;
  }
  return true;
};
