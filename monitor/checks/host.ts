import { execFile } from "node:child_process";
import { access, readFile, statfs } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { promisify } from "node:util";

import type { HostCheck } from "@second-server/contract/observatory";

import { Exhausted, Finding } from "./outcome";

/** What is left to write on, in percent of use, 0 to 100. */
export interface Space {
  readonly diskPercent: number;
  readonly inodesPercent: number;
}
/** A machine as it sees itself. Percent of use, 0 to 100. */
export interface HostFacts extends Space {
  readonly memoryPercent: number;
  readonly cpuPercent?: number;
  /** One minute, per CPU. */ readonly load: number;
  readonly rebootPending: boolean;
  readonly upgradesPending?: number;
  /** By name: "active", "failed", "inactive"… */
  readonly units: Readonly<Record<string, string>>;
}
/** What a machine sends: its facts and its clock (ms since the epoch). */
export interface MachineReport extends HostFacts {
  readonly at: number;
}

const run = promisify(execFile);
const used = (free: number, all: number): number =>
  all === 0 ? 0 : Math.round((1 - free / all) * 1000) / 10;

/** Cheap: two numbers that the kernel has at hand. */
export const space = async (): Promise<Space> => {
  const { bavail, blocks, ffree, files } = await statfs("/");
  return { diskPercent: used(bavail, blocks), inodesPercent: used(ffree, files) };
};

/** Nothing can be written any more. */
export const isFull = ({ diskPercent, inodesPercent }: Space): boolean =>
  diskPercent >= 99.9 || inodesPercent >= 99.9;

const UPGRADES_EVERY_MS = 6 * 3_600_000;

/** Gathers; remembers what is needed between two looks (CPU counters, the slow question for upgrades). */
export class Host {
  #cpu: { readonly idle: number; readonly all: number } | undefined;
  #upgrades: { readonly at: number; readonly count: number | undefined } | undefined;

  constructor(readonly upgrades = aptUpgrades) {}

  async look(units: readonly string[], now: number): Promise<HostFacts> {
    const [memory, disk, cpu, load, rebootPending, states] = await Promise.all([
      readFile("/proc/meminfo", "utf8"),
      space(),
      this.#busy(),
      readFile("/proc/loadavg", "utf8"),
      access("/run/reboot-required").then(
        () => true,
        () => false,
      ),
      unitStates(units),
    ]);
    const kilobytes = (name: string): number =>
      Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(memory)?.[1] ?? 0);
    return {
      memoryPercent: used(kilobytes("MemAvailable"), kilobytes("MemTotal")),
      ...disk,
      cpuPercent: cpu,
      load: Math.round((Number(load.split(" ")[0]) / availableParallelism()) * 100) / 100,
      rebootPending,
      upgradesPending: this.#pending(now),
      units: states,
    };
  }

  /** Since the last look; undefined at the first. */
  async #busy(): Promise<number | undefined> {
    const counters = ((await readFile("/proc/stat", "utf8")).split("\n")[0] ?? "")
      .trim()
      .split(/\s+/)
      .slice(1)
      .map(Number);
    const next = {
      idle: (counters[3] ?? 0) + (counters[4] ?? 0),
      all: counters.slice(0, 8).reduce((sum, value) => sum + value, 0),
    };
    const was = this.#cpu;
    this.#cpu = next;
    if (was === undefined || next.all <= was.all) return undefined;
    return Math.round((1 - (next.idle - was.idle) / (next.all - was.all)) * 1000) / 10;
  }

  /** The count of the last time; a new one is on its way when it has aged. No look waits for it. */
  #pending(now: number): number | undefined {
    if (this.#upgrades === undefined || Math.abs(now - this.#upgrades.at) >= UPGRADES_EVERY_MS) {
      this.#upgrades = { at: now, count: this.#upgrades?.count };
      void this.upgrades().then((count) => {
        this.#upgrades = { at: now, count };
      });
    }
    return this.#upgrades.count;
  }
}

/** apt's simulation takes seconds and some memory, so it is asked four times a day. Undefined where there is no apt. */
const aptUpgrades = (): Promise<number | undefined> =>
  run("apt-get", ["--simulate", "-o", "Debug::NoLocking=true", "upgrade"], {
    timeout: 120_000,
    env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C" },
  }).then(
    ({ stdout }) => stdout.split("\n").filter((line) => line.startsWith("Inst ")).length,
    () => undefined,
  );

/** Where systemd can't be asked, every unit is "unknown". */
const unitStates = async (units: readonly string[]): Promise<Record<string, string>> => {
  if (units.length === 0) return {};
  const states = await run(
    "systemctl",
    ["show", "--property=ActiveState", "--value", "--", ...units],
    { timeout: 10_000 },
  ).then(
    ({ stdout }) => stdout.split("\n").filter((line) => line !== ""),
    () => [],
  );
  return Object.fromEntries(units.map((unit, index) => [unit, states[index] ?? "unknown"]));
};

/** @returns the facts in one line. @throws Finding naming every limit that is passed. */
export const judgeHost = ({ limits }: HostCheck, facts: HostFacts, clockMs: number): string => {
  const over = (
    name: string,
    value: number | undefined,
    limit: number | undefined,
    unit: string,
  ): string[] =>
    value !== undefined && limit !== undefined && value > limit
      ? [`${name} ${value}${unit}, more than ${limit}${unit}`]
      : [];
  const found = [
    ...over("memory", facts.memoryPercent, limits.memoryPercent, " %"),
    ...over("disk", facts.diskPercent, limits.diskPercent, " %"),
    ...over("inodes", facts.inodesPercent, limits.inodesPercent, " %"),
    ...over("CPU", facts.cpuPercent, limits.cpuPercent, " %"),
    ...over("load", facts.load, limits.load, " per CPU"),
    ...over("clock is off by", Math.round(Math.abs(clockMs) / 1000), limits.clockSeconds, " s"),
    ...over("pending upgrades:", facts.upgradesPending, limits.upgradesPending, ""),
    ...(limits.rebootPending && facts.rebootPending
      ? ["a reboot is pending (/run/reboot-required)"]
      : []),
  ];
  if (found.length > 0) throw new (isFull(facts) ? Exhausted : Finding)(found.join("; "));
  return `memory ${facts.memoryPercent} %, disk ${facts.diskPercent} %, load ${facts.load}`;
};

/** @throws Finding unless it is active. */
export const judgeUnit = (unit: string, facts: HostFacts): string => {
  const state = facts.units[unit];
  if (state === "active") return "active";
  throw new Finding(
    state === undefined
      ? `${unit} is not among the units that the machine reports`
      : `${unit} is ${state}`,
  );
};
