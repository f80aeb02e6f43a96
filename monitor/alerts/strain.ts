import type { TimeUpset } from "../checks/event-loop-lag";
import { span } from "./words";

export interface Load {
  /** How late the check is that waits longest. */ readonly lateMs: number;
  /** Of the last minute, in which nothing here could run. */ readonly heldUpMs: number;
  /** Failures since the start that were not counted for that reason. */ readonly uncounted: number;
}
type Rows = readonly (readonly [label: string, value: string])[];

/** Late by more than this, or held up for more than a tenth of the last minute, is too much. */
const LATE_LIMIT_MS = 5000;
const HELD_UP_LIMIT_MS = 6000;
/** So long it has to last before it is said, and to be over before that is. */
const PATIENCE_MS = 60_000;

/** The monitor is honest about itself: when it can't keep up, what it says about others is late, and that has to be known. */
export class Strain {
  #load: Load = { lateMs: 0, heldUpMs: 0, uncounted: 0 };
  #turned: number | undefined;
  #told = false;
  #since = 0;
  #uncountedThen = 0;

  constructor(
    readonly deps: {
      /** Monotonic milliseconds. */ readonly now: () => number;
      readonly note: (lead: string, rows: Rows) => void;
    },
  ) {}

  /** What was seen last, and whether it has been said that this is too much. */
  load(): Load & { readonly told: boolean } {
    return { ...this.#load, told: this.#told };
  }

  /** Once a second. */
  seen(load: Load): void {
    const now = this.deps.now();
    this.#load = load;
    const strained = load.lateMs > LATE_LIMIT_MS || load.heldUpMs > HELD_UP_LIMIT_MS;
    if (strained === this.#told) {
      this.#turned = undefined;
      return;
    }
    if (this.#turned === undefined) {
      this.#turned = now;
      if (strained) this.#uncountedThen = load.uncounted;
    }
    if (now - this.#turned < PATIENCE_MS) return;
    this.#told = strained;
    if (strained) this.#begin(load, this.#turned);
    else
      this.deps.note("The monitor keeps up again", [
        ["Behind for", span(this.#turned - this.#since)],
        ["Failures not counted", String(load.uncounted - this.#uncountedThen)],
      ]);
    this.#turned = undefined;
  }

  /** Said once it is over: nothing could be said meanwhile. */
  upset({ kind, ms }: TimeUpset): void {
    if (kind === "clock")
      this.deps.note(
        `The watcher's clock jumped ${ms > 0 ? "forward" : "back"} by ${span(Math.abs(ms))}`,
        [
          ["Why", "it was set, or the machine was suspended"],
          [
            "Meanwhile",
            "for 15 minutes, failures that are a matter of dates (backups, certificates, heartbeats, reports) are not counted",
          ],
        ],
      );
    else
      this.deps.note(`The monitor itself stood still for ${span(ms)}`, [
        ["Why", "its machine was suspended, or had no processor time for it"],
        [
          "Meaning",
          "nothing is known about the fleet in that time; failures by timeout around it are not counted",
        ],
      ]);
  }

  #begin({ lateMs, heldUpMs, uncounted }: Load, since: number): void {
    this.#since = since;
    this.deps.note("The monitor can't keep up", [
      ["Checks begin late by", span(lateMs)],
      ["Held up in the last minute", span(heldUpMs)],
      ["Failures not counted", String(uncounted - this.#uncountedThen)],
      [
        "Meaning",
        "its machine lacks processor time, or there are too many checks: outages are noticed later, and a failure by timeout is believed only when it repeats",
      ],
    ]);
  }
}
