import type { Row } from "../alerts/message-body";
import { span } from "../alerts/words";
import type { TimeUpset } from "../checks/event-loop-lag";

export interface Load {
  /** How late the check is that waits longest. */
  readonly lateMs: number;
  /** Of the last minute, in which nothing here could run. */
  readonly heldUpMs: number;
  /** Failures since the start that were not counted for that reason. */
  readonly uncounted: number;
}

/**
 * The monitor is honest about itself: when it can't keep up, what it says about others is late, and
 * that has to be known.
 */
export interface Overload {
  /** What was seen last. */
  load(): Load;
  /** Whether people have been told that this is too much. */
  isTold(): boolean;
  /** Once a second. */
  seen(load: Load): void;
}

export type Note = (lead: string, rows: readonly Row[]) => void;

/** Late by more than this, or held up for more than a tenth of the last minute, is too much. */
const LATE_LIMIT_MS = 5000;
const HELD_UP_LIMIT_MS = 6000;
/** So long it has to last before it is said, and to be over before that is. */
const PATIENCE_MS = 60_000;

const beginRows = ({ lateMs, heldUpMs }: Load, uncounted: number): readonly Row[] => [
  ["Checks begin late by", span(lateMs)],
  ["Held up in the last minute", span(heldUpMs)],
  ["Failures not counted", String(uncounted)],
  [
    "Meaning",
    "its machine lacks processor time, or there are too many checks: outages are noticed later, and a failure by timeout is believed only when it repeats",
  ],
];

/** `now`: monotonic milliseconds. */
export const createOverload = (now: () => number, note: Note): Overload => {
  let load: Load = { lateMs: 0, heldUpMs: 0, uncounted: 0 };
  let told = false;
  /** When the load crossed the limit, while that has not lasted for long enough. */
  let turnedAt: number | undefined;
  let began = 0;
  let uncountedThen = 0;

  const tell = (overloaded: boolean, since: number): void => {
    told = overloaded;
    const uncounted = load.uncounted - uncountedThen;
    if (overloaded) {
      began = since;
      note("The monitor can't keep up", beginRows(load, uncounted));
    } else
      note("The monitor keeps up again", [
        ["Behind for", span(since - began)],
        ["Failures not counted", String(uncounted)],
      ]);
  };
  return {
    load: () => load,
    isTold: () => told,
    seen: (seen) => {
      load = seen;
      const overloaded = load.lateMs > LATE_LIMIT_MS || load.heldUpMs > HELD_UP_LIMIT_MS;
      if (overloaded === told) {
        turnedAt = undefined;
        return;
      }
      if (turnedAt === undefined) {
        turnedAt = now();
        if (overloaded) uncountedThen = load.uncounted;
      }
      if (now() - turnedAt < PATIENCE_MS) return;
      tell(overloaded, turnedAt);
      turnedAt = undefined;
    },
  };
};

/** Said once it is over: nothing could be said meanwhile. */
export const noteUpset = (note: Note, { kind, ms }: TimeUpset): void => {
  if (kind === "clock")
    note(`The watcher's clock jumped ${ms > 0 ? "forward" : "back"} by ${span(Math.abs(ms))}`, [
      ["Why", "it was set, or the machine was suspended"],
      [
        "Meanwhile",
        "for 15 minutes, failures that are a matter of dates (backups, certificates, heartbeats, reports) are not counted",
      ],
    ]);
  else
    note(`The monitor itself stood still for ${span(ms)}`, [
      ["Why", "its machine was suspended, or had no processor time for it"],
      [
        "Meaning",
        "nothing is known about the fleet in that time; failures by timeout around it are not counted",
      ],
    ]);
};
