import type { MachineReport } from "@second-server/contract/reports";
import type { Role } from "@second-server/contract/roles";

import { span } from "../alerts/words";
import { beat, type Beat, type Word } from "./beats";
import type { BlindWindow } from "./blind-windows";
import type { MachineNow, Reports } from "./check-kind";
import { createMachineFacts, isFull, space } from "./machine-facts";
import { Finding, Unsure } from "./outcome";
import { createRestarts } from "./restarts";

/** A machine that has said nothing for so long is not believed any more. */
const SILENT_MS = 120_000;
const LOOKS_EVERY_MS = 20_000;

/**
 * What is pushed here instead of looked for: jobs report, the primary reports, and this machine
 * looks at itself.
 */
export interface PushChecks extends Reports {
  /** A job reports. */
  heard(token: string, word: Word, says: string): void;
  /**
   * The primary reports. @returns whether its disk has run full, or is no longer: that need not
   * wait for the next look.
   */
  report(report: MachineReport): boolean;
}

export interface PushDeps {
  readonly now: () => number;
  readonly keep: (beats: Readonly<Record<string, Beat>>) => void;
  /** When no job could be heard. */
  readonly gaps: () => readonly BlindWindow[];
  readonly units: () => readonly string[];
  /** Who has logged in to a machine, as it says. */
  readonly logins: (machine: Role, logins: MachineReport["logins"]) => void;
  /** Where this program keeps what has to outlive it. */
  readonly folder: string;
  /**
   * A host check tells of the primary's silence, so that it is one alert and not one for each unit.
   */
  readonly hostIsWatched: () => boolean;
}

/** One look at this machine serves all checks of it; what is left on the disk is always of now. */
const createOwnFacts = ({
  units,
  folder,
  logins,
}: PushDeps): ((now: number) => Promise<MachineNow>) => {
  const facts = createMachineFacts(folder);
  const restarts = createRestarts();
  let last: { readonly at: number; readonly report: Promise<MachineReport> } | undefined;
  return async (now) => {
    if (last === undefined || Math.abs(now - last.at) > LOOKS_EVERY_MS)
      last = {
        at: now,
        report: facts.look(units(), now).then((found) => ({ ...found, at: now })),
      };
    const report = await last.report;
    restarts.seen(report.restarts, report.at);
    logins("watcher", report.logins);
    return {
      report: { ...report, ...(await space()) },
      clockMs: 0,
      crashLoop: (unit) => restarts.crashLoop(unit, now),
    };
  };
};

export const createPushChecks = (
  deps: PushDeps,
  kept: Readonly<Record<string, Beat>>,
): PushChecks => {
  const began = deps.now();
  const beats = new Map(Object.entries(kept));
  const ownFacts = createOwnFacts(deps);
  const restarts = createRestarts();
  let primary: { readonly report: MachineReport; readonly arrived: number } | undefined;

  const put = (token: string, value: Beat): Beat => {
    beats.set(token, value);
    deps.keep(Object.fromEntries(beats));
    return value;
  };
  const ofPrimary = (kind: "unit" | "host"): MachineNow => {
    const silent = deps.now() - (primary?.arrived ?? began);
    // A clock that was set back says nothing of how long it was.
    if (primary !== undefined && Math.abs(silent) <= SILENT_MS)
      return {
        report: primary.report,
        clockMs: primary.report.at - primary.arrived,
        crashLoop: (unit) => restarts.crashLoop(unit, deps.now()),
      };
    const since = primary === undefined ? "yet" : `for ${span(silent)}`;
    const text = `the primary has not reported ${since}; does its watchdog run?`;
    throw silent <= SILENT_MS || (kind === "unit" && deps.hostIsWatched())
      ? new Unsure(text)
      : new Finding(text);
  };
  return {
    now: deps.now,
    blindWindows: deps.gaps,
    beat: (token) => beats.get(token) ?? put(token, { known: deps.now() }),
    heard: (token, word, says) => void put(token, beat(beats.get(token), word, deps.now(), says)),
    report: (report) => {
      const was = primary !== undefined && isFull(primary.report);
      primary = { report, arrived: deps.now() };
      restarts.seen(report.restarts, deps.now());
      deps.logins("primary", report.logins);
      return was !== isFull(report);
    },
    machine: async ({ kind, machine }) =>
      machine === "watcher" ? ownFacts(deps.now()) : ofPrimary(kind),
  };
};
