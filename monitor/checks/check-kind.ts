import type { Check, Layer } from "@second-server/contract/check-settings";
import type { MachineReport } from "@second-server/contract/reports";

import type { Rule } from "../rules";
import type { Advice, Machine } from "./advice";
import type { Beat } from "./beats";
import type { BlindWindow } from "./blind-windows";

/** What is reported to this program, by jobs, by the primary, and by this machine. */
export interface Reports {
  now(): number;
  /** A job that is not known yet becomes known with the question. */
  beat(token: string): Beat;
  /** When no job could be heard, in order of time. */
  blindWindows(): readonly BlindWindow[];
  /** @throws Unsure or Finding when that machine has not reported. */
  machine(check: {
    readonly kind: "unit" | "host";
    readonly machine?: Machine;
  }): Promise<MachineNow>;
}

/** A machine as it has reported itself last. */
export interface MachineNow {
  readonly report: MachineReport;
  /** By how much its clock is ahead. */
  readonly clockMs: number;
  /** @returns what is wrong when systemd starts the unit over and over. */
  crashLoop(unit: string): string | undefined;
}

interface Described<Of extends Check> {
  /** What it stands on, where the configuration does not say it. */
  readonly layer: Layer;
  /** What changes slowly is asked no more often than this, unless the manifest says otherwise. */
  readonly leastSeconds?: number;
  /**
   * It compares instants: a clock that jumped, or reports that came while this program stood still,
   * make it guess.
   */
  readonly byCalendar?: boolean;
  /**
   * What its configuration has to look like, for each field that it has beyond those of every
   * check.
   */
  readonly fields: { readonly [Key in Exclude<keyof Of, keyof Check>]-?: Rule };
  /** What someone who is woken has to know. */
  advice(check: Of, machine: Machine): Advice;
}

/**
 * Goes and looks: over the network, or at this machine's own files, in which the network has no
 * part.
 */
export interface LookingKind<Of extends Check> extends Described<Of> {
  readonly source: "network" | "files";
  /**
   * @returns a fact worth showing. @throws what is wrong. `reports`: absent where nothing is
   * reported to.
   */
  run(check: Of, timeoutMs: number, reports?: Reports): Promise<string | undefined>;
}

/** Judges what others have reported. */
export interface ReportedKind<Of extends Check> extends Described<Of> {
  readonly source: "reports";
  /** @returns a fact worth showing. @throws what is wrong. */
  judge(check: Of, reports: Reports): string | Promise<string>;
}

export type CheckKind<Of extends Check = Check> = LookingKind<Of> | ReportedKind<Of>;

export type Registry = {
  readonly [Kind in Check["kind"]]: CheckKind<Extract<Check, { kind: Kind }>>;
};
