import type { Check } from "@second-server/contract/observatory";

import { span } from "../alerts/words";
import type { BlindWindow } from "./blind-windows";
import { beat, judgeBeat, type Beat, type Word } from "./heartbeat";
import { Host, isFull, judgeHost, judgeUnit, space, type MachineReport } from "./host";
import { Exhausted, explain, Finding, type Outcome } from "./outcome";

type Told = Extract<Check, { kind: "heartbeat" | "unit" | "host" }>;
export const isTold = (check: Check): check is Told =>
  check.kind === "heartbeat" || check.kind === "unit" || check.kind === "host";

/** A machine that has said nothing for so long is not believed any more. */
const SILENT_MS = 120_000;
const LOOKS_EVERY_MS = 20_000;

/** Nothing is known yet, or the machine's silence is another check's to tell. */
class Unsure extends Error {}

/** The checks that don't go and look: jobs report to us, the primary reports to us, and this machine looks at itself. */
export class Tellers {
  readonly #beats: Map<string, Beat>;
  readonly #host = new Host();
  #primary: { readonly report: MachineReport; readonly arrived: number } | undefined;
  #own: { readonly at: number; readonly report: Promise<MachineReport> } | undefined;

  readonly #began: number;

  /** `hostIsWatched`: a host check tells of the primary's silence, so that it is one alert and not one for each unit. */
  constructor(
    readonly deps: {
      readonly now: () => number;
      readonly keep: (beats: Readonly<Record<string, Beat>>) => void;
      /** When no job could be heard. */ readonly gaps: () => readonly BlindWindow[];
      readonly units: () => readonly string[];
      readonly hostIsWatched: () => boolean;
    },
    beats: Readonly<Record<string, Beat>>,
  ) {
    this.#began = deps.now();
    this.#beats = new Map(Object.entries(beats));
  }

  /** A job reports. */
  beat(token: string, word: Word, says: string): void {
    this.#put(token, beat(this.#beats.get(token), word, this.deps.now(), says));
  }

  /** The primary reports. @returns whether its disk has run full, or is no longer: that need not wait for the next look. */
  report(report: MachineReport): boolean {
    const was = this.#primary !== undefined && isFull(this.#primary.report);
    this.#primary = { report, arrived: this.deps.now() };
    return was !== isFull(report);
  }

  async perform(check: Told): Promise<Outcome> {
    try {
      return { result: "pass", ms: 0, detail: await this.#judge(check) };
    } catch (error) {
      return {
        result: error instanceof Unsure ? "unknown" : "fail",
        ms: 0,
        error: explain(error),
        exhausted: error instanceof Exhausted || undefined,
      };
    }
  }

  #put(token: string, value: Beat): void {
    this.#beats.set(token, value);
    this.deps.keep(Object.fromEntries(this.#beats));
  }

  async #judge(check: Told): Promise<string> {
    const now = this.deps.now();
    if (check.kind === "heartbeat") {
      const known = this.#beats.get(check.token);
      if (known === undefined) this.#put(check.token, { known: now });
      return judgeBeat(check, known ?? { known: now }, now, this.deps.gaps());
    }
    const { report, clockMs } =
      check.machine === "watcher"
        ? { report: await this.#self(now), clockMs: 0 }
        : this.#heard(now, check.kind);
    return check.kind === "unit"
      ? judgeUnit(check.unit, report)
      : judgeHost(check, report, clockMs);
  }

  /** One look at this machine serves all checks of it; what is left on the disk is always of now. */
  async #self(now: number): Promise<MachineReport> {
    if (this.#own === undefined || Math.abs(now - this.#own.at) > LOOKS_EVERY_MS)
      this.#own = {
        at: now,
        report: this.#host.look(this.deps.units(), now).then((facts) => ({ ...facts, at: now })),
      };
    return { ...(await this.#own.report), ...(await space()) };
  }

  #heard(
    now: number,
    kind: "unit" | "host",
  ): { readonly report: MachineReport; readonly clockMs: number } {
    const arrived = this.#primary?.arrived;
    const silent = now - (arrived ?? this.#began);
    // A clock that was set back says nothing of how long it was.
    if (this.#primary !== undefined && Math.abs(silent) <= SILENT_MS)
      return {
        report: this.#primary.report,
        clockMs: this.#primary.report.at - this.#primary.arrived,
      };
    const text = `the primary has not reported ${arrived === undefined ? "yet" : `for ${span(silent)}`}; does its watchdog run?`;
    throw silent <= SILENT_MS || (kind === "unit" && this.deps.hostIsWatched())
      ? new Unsure(text)
      : new Finding(text);
  }
}
