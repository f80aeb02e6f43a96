import { execFile } from "node:child_process";
import { access, readFile, statfs } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { promisify } from "node:util";

import type { HostFacts, Space } from "@second-server/contract/reports";

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

/** Gathers; remembers what is needed between two looks (CPU counters, the slow question for upgrades). */
export interface MachineFacts {
  look(units: readonly string[], now: number): Promise<HostFacts>;
}

/** CPU time since the last look, in percent; undefined at the first. */
const createCpuMeter = (): (() => Promise<number | undefined>) => {
  let was: { readonly idle: number; readonly all: number } | undefined;
  return async () => {
    const [line = ""] = (await readFile("/proc/stat", "utf8")).split("\n");
    const counters = line.trim().split(/\s+/).slice(1).map(Number);
    const [, , , idle = 0, waiting = 0] = counters;
    const all = counters.slice(0, 8).reduce((sum, value) => sum + value, 0);
    const before = was;
    was = { idle: idle + waiting, all };
    if (before === undefined || all <= before.all) return undefined;
    return used(was.idle - before.idle, all - before.all);
  };
};

/** The count of the last time; a new one is on its way when it has aged. No look waits for it. */
const createUpgradeCount = (
  ask: () => Promise<number | undefined>,
): ((now: number) => number | undefined) => {
  let last: { readonly at: number; readonly count: number | undefined } | undefined;
  return (now) => {
    if (last === undefined || Math.abs(now - last.at) >= UPGRADES_EVERY_MS) {
      last = { at: now, count: last?.count };
      void ask().then((count) => {
        last = { at: now, count };
      });
    }
    return last.count;
  };
};

export const createMachineFacts = (upgrades = aptUpgrades): MachineFacts => {
  const cpuPercent = createCpuMeter();
  const upgradesPending = createUpgradeCount(upgrades);
  return {
    look: async (units, now) => {
      const [memory, disk, cpu, load, rebootPending, states] = await Promise.all([
        readFile("/proc/meminfo", "utf8"),
        space(),
        cpuPercent(),
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
        upgradesPending: upgradesPending(now),
        units: states,
      };
    },
  };
};
