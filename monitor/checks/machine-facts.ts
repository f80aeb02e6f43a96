import { execFile } from "node:child_process";
import { readFile, stat, statfs } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { promisify } from "node:util";

import { PATHS } from "@second-server/contract/paths";
import type { HostFacts, RenewalOutcome, Space } from "@second-server/contract/reports";

import { flag, number, objectOf, read, text } from "../store/shapes";

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

/**
 * apt's simulation takes seconds and some memory, so it is asked four times a day. Undefined where
 * there is no apt.
 */
const aptUpgrades = (): Promise<number | undefined> =>
  run("apt-get", ["--simulate", "-o", "Debug::NoLocking=true", "upgrade"], {
    timeout: 120_000,
    env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C" },
  }).then(
    ({ stdout }) => stdout.split("\n").filter((line) => line.startsWith("Inst ")).length,
    () => undefined,
  );

type UnitFacts = Pick<HostFacts, "units"> & Required<Pick<HostFacts, "restarts">>;

/** The blocks of `systemctl show`, in the order in which the units were asked for. */
export const unitFacts = (units: readonly string[], shown: string): UnitFacts => {
  const blocks = shown.split(/\n\s*\n/);
  const valueOf = (index: number, property: string): string | undefined =>
    new RegExp(`^${property}=(.*)$`, "m").exec(blocks[index] ?? "")?.[1];
  const counts = units.flatMap((unit, index) => {
    const count = valueOf(index, "NRestarts");
    return count === undefined ? [] : [[unit, Number(count)] as const];
  });
  return {
    units: Object.fromEntries(
      units.map((unit, index) => [unit, valueOf(index, "ActiveState") ?? "unknown"]),
    ),
    restarts: Object.fromEntries(counts),
  };
};

/** Where systemd can't be asked, every unit is "unknown". */
const lookAtUnits = async (units: readonly string[]): Promise<UnitFacts> => {
  if (units.length === 0) return { units: {}, restarts: {} };
  const shown = await run(
    "systemctl",
    ["show", "--property=ActiveState,NRestarts", "--", ...units],
    { timeout: 10_000 },
  ).then(
    ({ stdout }) => stdout,
    () => "",
  );
  return unitFacts(units, shown);
};

const isOutcome = objectOf<RenewalOutcome>({ at: number, ok: flag, says: text });
/** Undefined before the first. */
const renewalOutcome = async (name: "renewal" | "trial"): Promise<RenewalOutcome | undefined> =>
  readFile(`${PATHS.renewals}/${name}.json`, "utf8").then(
    (json) => read<RenewalOutcome>(json, isOutcome),
    () => undefined,
  );

/** Gathers; remembers what is needed between two looks (the slow question for upgrades). */
export interface MachineFacts {
  look(units: readonly string[], now: number): Promise<HostFacts>;
}

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
  const upgradesPending = createUpgradeCount(upgrades);
  return {
    look: async (units, now) => {
      const [memory, disk, load, rebootSince, states, renewal, trial] = await Promise.all([
        readFile("/proc/meminfo", "utf8"),
        space(),
        readFile("/proc/loadavg", "utf8"),
        // Made by the first upgrade that needs a reboot, written again by each later one, and gone
        // with it.
        stat("/run/reboot-required").then(
          ({ birthtimeMs, mtimeMs }) =>
            birthtimeMs > 0 ? Math.min(birthtimeMs, mtimeMs) : mtimeMs,
          () => undefined,
        ),
        lookAtUnits(units),
        renewalOutcome("renewal"),
        renewalOutcome("trial"),
      ]);
      const kilobytes = (name: string): number =>
        Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(memory)?.[1] ?? 0);
      return {
        memoryPercent: used(kilobytes("MemAvailable"), kilobytes("MemTotal")),
        ...disk,
        load: Math.round((Number(load.split(" ")[0]) / availableParallelism()) * 100) / 100,
        rebootPending: rebootSince !== undefined,
        rebootPendingSeconds:
          rebootSince === undefined
            ? undefined
            : Math.max(0, Math.round((now - rebootSince) / 1000)),
        upgradesPending: upgradesPending(now),
        renewal,
        trial,
        ...states,
      };
    },
  };
};
