import type { Clock, Timer } from "../adapters/clock";

const PERIOD_MS = 1000;
/** What a busy but working program is late by. */
const ORDINARY_MS = 50;
const REMEMBER_MS = 120_000;
/** Smaller corrections are an NTP daemon at work. */
const JUMP_MS = 5000;
/**
 * After a jump, or after standing still for so long, judgements by the calendar wait until jobs had
 * time to report and the clock to be set right.
 */
const STANDSTILL_MS = 60_000;
const SETTLE_MS = 15 * 60_000;

/** Something that made this program's sense of time doubtful. */
export interface TimeUpset {
  readonly kind: "clock" | "standstill";
  /** By how much, milliseconds; a clock set back is negative. */ readonly ms: number;
}

export interface LagListener {
  upset(what: TimeUpset): void;
  /** Once a second, with the same waking up. */
  tick(): void;
}

/** How much this program itself was held up: starved of CPU, suspended, or busy. */
export interface EventLoopLag {
  start(listener?: LagListener): void;
  stop(): void;
  /** Milliseconds since `from` (monotonic) in which nothing here could run. */
  heldUpMs(from: number): number;
  /** What the calendar says is in doubt for a while. */
  unsettled(): boolean;
}

/**
 * Measures by a timer that comes late, and compares the wall clock with the monotonic one to notice
 * when it jumped. Without this, a deadline that passed while nothing here could run would be taken
 * for the other side's silence.
 */
export const createEventLoopLag = (clock: Clock): EventLoopLag => {
  const clockOffset = (): number => clock.now() - clock.monotonic();
  let timer: Timer | undefined;
  let listener: LagListener | undefined;
  /** When the timer should come next. */
  let due = Infinity;
  let offset = clockOffset();
  let pauses: readonly { readonly from: number; readonly to: number }[] = [];
  let upsetAt = -Infinity;

  const upset = (what: TimeUpset): void => {
    upsetAt = clock.monotonic();
    listener?.upset(what);
  };
  const tick = (): void => {
    const now = clock.monotonic();
    const late = now - due;
    if (late > ORDINARY_MS)
      pauses = [...pauses.filter(({ to }) => to > now - REMEMBER_MS), { from: due, to: now }];
    const jump = clock.now() - now - offset;
    offset += jump;
    arm();
    if (Math.abs(jump) >= JUMP_MS) upset({ kind: "clock", ms: jump });
    if (late >= STANDSTILL_MS) upset({ kind: "standstill", ms: late });
    listener?.tick();
  };
  /** On whole seconds, where the schedule's slots are, so that one waking up serves both. */
  const arm = (): void => {
    const now = clock.monotonic();
    due = (Math.floor(now / PERIOD_MS + 0.01) + 1) * PERIOD_MS;
    timer = clock.after(due - now, tick);
  };
  return {
    start: (listening) => {
      listener = listening;
      timer?.cancel();
      offset = clockOffset();
      arm();
    },
    stop: () => {
      timer?.cancel();
      due = Infinity;
    },
    heldUpMs: (from) => {
      const now = clock.monotonic();
      const all = now - due > ORDINARY_MS ? [...pauses, { from: due, to: now }] : pauses;
      return all.reduce(
        (sum, pause) => sum + Math.max(0, pause.to - Math.max(pause.from, from)),
        0,
      );
    },
    unsettled: () => clock.monotonic() - upsetAt < SETTLE_MS,
  };
};
