import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { readFile, stat, statfs } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { PATHS } from "@second-server/contract/paths";
import type { HostFacts, Space } from "@second-server/contract/reports";

import { number, objectOf, read } from "../store/shapes";
import { writeAtomically } from "../store/state-file";
import { createLogins } from "./logins";
import { unsyncedSeconds } from "./time-sync";
import { createUnitFacts } from "./unit-facts";
import { jobOutcomes, renewalOutcome, upgradeOutcome } from "./written-outcomes";

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

/** What waits to be installed, and how much of it should have installed itself. */
export interface Upgrades {
  readonly all: number;
  readonly own: number;
}

/**
 * unattended-upgrades takes what Debian's stable release and its security archive have, as Debian
 * sets it up: "Inst tzdata [2025a] (2025b Debian-Security:13/stable-security [all])".
 */
const INSTALLS_ITSELF = /\(\S+ .*\b(?:Debian-Security:|Debian:[\d.]+\/(?:old)*stable[ )])/;

/** From the simulation's lines. */
export const countUpgrades = (simulated: string): Upgrades => {
  const lines = simulated.split("\n").filter((line) => line.startsWith("Inst "));
  return { all: lines.length, own: lines.filter((line) => INSTALLS_ITSELF.test(line)).length };
};

/**
 * apt's simulation takes seconds and some memory, so it is asked four times a day. Undefined where
 * there is no apt.
 */
const aptUpgrades = (): Promise<Upgrades | undefined> =>
  run("apt-get", ["--simulate", "-o", "Debug::NoLocking=true", "upgrade"], {
    timeout: 120_000,
    env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C" },
  }).then(
    ({ stdout }) => countUpgrades(stdout),
    () => undefined,
  );

/** Gathers; remembers what is needed between two looks (the slow question for upgrades). */
export interface MachineFacts {
  look(units: readonly string[], now: number): Promise<HostFacts>;
}

/** Where it is remembered over a restart since when upgrades have waited. */
export interface Since {
  get(): number | undefined;
  set(since: number | undefined): void;
}

const isSince = objectOf<{ readonly since?: number }>({
  since: (value) => value === undefined || number(value),
});

/** A file that can't be written costs the time over a restart only. */
export const sinceFile = (path: string): Since => {
  const kept = (): number | undefined => {
    try {
      return read<{ readonly since?: number }>(readFileSync(path, "utf8"), isSince)?.since;
    } catch {
      return undefined;
    }
  };
  let since = kept();
  return {
    get: () => since,
    set: (value) => {
      if (value === since) return;
      since = value;
      try {
        writeAtomically(path, JSON.stringify({ since }));
      } catch {
        // The next change is written.
      }
    },
  };
};

type UpgradeFacts = Pick<HostFacts, "upgradesPending" | "upgradesPendingSeconds">;

/** The count of the last time; a new one is on its way when it has aged. No look waits for it. */
const createUpgradeCount = (
  ask: () => Promise<Upgrades | undefined>,
  since: Since,
): ((now: number) => UpgradeFacts) => {
  let last: { readonly at: number; readonly found: Upgrades | undefined } | undefined;
  const heard = (now: number, found: Upgrades | undefined): void => {
    last = { at: now, found };
    // A clock that was set back begins anew.
    const from = since.get();
    if (found !== undefined) since.set(found.own > 0 ? Math.min(from ?? now, now) : undefined);
  };
  return (now) => {
    if (last === undefined || Math.abs(now - last.at) >= UPGRADES_EVERY_MS) {
      last = { at: now, found: last?.found };
      void ask().then((found) => heard(now, found));
    }
    const from = since.get();
    return {
      upgradesPending: last.found?.all,
      upgradesPendingSeconds:
        from === undefined ? undefined : Math.max(0, Math.round((now - from) / 1000)),
    };
  };
};

/** `folder`: where this program keeps what has to outlive it. */
export const createMachineFacts = (folder: string, ask = aptUpgrades): MachineFacts => {
  const upgrades = createUpgradeCount(ask, sinceFile(join(folder, "upgrades.json")));
  const logins = createLogins();
  const lookAtUnits = createUnitFacts();
  return {
    look: async (units, now) => {
      const [
        memory,
        disk,
        load,
        up,
        rebootSince,
        unsynced,
        states,
        renewal,
        trial,
        upgraded,
        jobs,
      ] = await Promise.all([
        readFile("/proc/meminfo", "utf8"),
        space(),
        readFile("/proc/loadavg", "utf8"),
        readFile("/proc/uptime", "utf8"),
        // Made by the first upgrade that needs a reboot, written again by each later one, and gone
        // with it.
        stat("/run/reboot-required").then(
          ({ birthtimeMs, mtimeMs }) =>
            birthtimeMs > 0 ? Math.min(birthtimeMs, mtimeMs) : mtimeMs,
          () => undefined,
        ),
        unsyncedSeconds(now),
        lookAtUnits(units, now),
        renewalOutcome("renewal"),
        renewalOutcome("trial"),
        upgradeOutcome(PATHS.upgrades),
        jobOutcomes(PATHS.jobs),
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
        ...upgrades(now),
        upgraded,
        upSeconds: Math.floor(Number(up.split(" ")[0])),
        unsyncedSeconds: unsynced,
        logins: logins(now),
        renewal,
        trial,
        jobs,
        ...states,
      };
    },
  };
};
