import { readFile } from "node:fs/promises";

import { attempt } from "../machines/run-program";
import type { HostProblem } from "./report";

/**
 * Limits of a process that a lab outgrows, by prlimit's option and by the name that /proc has for
 * them; and what it needs at least.
 */
const LIMITS = [
  { option: "fsize", name: "Max file size", least: Infinity, shell: "ulimit -f unlimited" },
  { option: "nofile", name: "Max open files", least: 4096, shell: "ulimit -n 4096" },
  { option: "nproc", name: "Max processes", least: 4096, shell: "ulimit -u 4096" },
  { option: "as", name: "Max address space", least: Infinity, shell: "ulimit -v unlimited" },
  { option: "data", name: "Max data size", least: Infinity, shell: "ulimit -d unlimited" },
  { option: "cpu", name: "Max cpu time", least: Infinity, shell: "ulimit -t unlimited" },
] as const;

interface Limit {
  readonly soft: number;
  readonly hard: number;
}

const valueOf = (text: string): number => (text === "unlimited" ? Infinity : Number(text));

/** Of /proc/PID/limits' text. Pure. */
export const parseLimits = (text: string): ReadonlyMap<string, Limit> =>
  new Map(
    text.split("\n").flatMap((line) => {
      const [, name, soft, hard] = /^(Max .*?) {2,}(\S+) +(\S+)/.exec(line) ?? [];
      return name === undefined || soft === undefined || hard === undefined
        ? []
        : [[name, { soft: valueOf(soft), hard: valueOf(hard) }] as const];
    }),
  );

const own = async (): Promise<ReadonlyMap<string, Limit>> =>
  parseLimits(await readFile("/proc/self/limits", "utf8"));

const text = (value: number): string => (value === Infinity ? "unlimited" : String(value));

/**
 * A caller's limits (a shell's `ulimit`, a service's) would be the daemon's, its machines' and
 * those of whatever builds images: each is raised to what a lab needs, or as far as the system lets
 * us. What is then too low, `limitProblems` says.
 */
export const raiseLimits = async (): Promise<void> => {
  if (process.platform !== "linux") return;
  const limits = await own();
  for (const { option, name, least } of LIMITS) {
    const limit = limits.get(name);
    if (!limit || limit.soft >= least) continue;
    const set = (soft: number, hard: number) =>
      attempt(["prlimit", `--pid=${process.pid}`, `--${option}=${text(soft)}:${text(hard)}`]);
    const raised = await set(least, Math.max(least, limit.hard));
    if (raised.code !== 0) await set(Math.min(least, limit.hard), limit.hard);
  }
};

/** What is too low after `raiseLimits`: a disk of 25 GB is one file. */
export const limitProblems = async (
  limits: Promise<ReadonlyMap<string, Limit>> = own(),
): Promise<HostProblem[]> => {
  const now = await limits;
  return LIMITS.flatMap(({ name, least, shell }) => {
    const soft = now.get(name)?.soft ?? Infinity;
    return soft >= least
      ? []
      : [
          {
            problem: `${name.replace("Max", "the limit of")} of this shell is ${soft}, and it may not be raised from here`,
            remedy: `start it from a shell that has more (${shell})`,
          },
        ];
  });
};
