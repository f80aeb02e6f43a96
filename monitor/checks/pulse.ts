import type { Clock, Timer } from "../adapters/clock";

const PERIOD_MS = 1000;
/** What a busy but working program is late by. */
const ORDINARY_MS = 50;
const REMEMBER_MS = 120_000;
/** Smaller corrections are an NTP daemon at work. */
const JUMP_MS = 5000;
/** After a jump, or after standing still for so long, judgements by the calendar wait until jobs had time to report and the clock to be set right. */
const STANDSTILL_MS = 60_000;
const SETTLE_MS = 15 * 60_000;

/** Something that made this program's sense of time doubtful. */
export interface Upset {
  readonly kind: "clock" | "standstill";
  /** By how much, milliseconds; a clock set back is negative. */ readonly ms: number;
}

/**
 * Notices when this program itself was held up (starved of CPU, suspended, busy) and when the wall clock jumped: its timer comes late.
 * Without it a deadline that passed while nothing here could run would be taken for the other side's silence.
 */
export class Pulse {
  #timer: Timer | undefined;
  /** When its timer should come next. */
  #due = Infinity;
  #offset: number;
  #gaps: { readonly from: number; readonly to: number }[] = [];
  #upsetAt = -Infinity;

  constructor(
    readonly clock: Clock,
    readonly upset: (upset: Upset) => void = () => undefined,
    /** Once a second, with the same waking up. */ readonly each: () => void = () => undefined,
  ) {
    this.#offset = clock.now() - clock.monotonic();
  }

  start(): void {
    this.#timer?.cancel();
    this.#offset = this.clock.now() - this.clock.monotonic();
    this.#arm();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#due = Infinity;
  }

  /** Milliseconds since `from` (monotonic) in which nothing here could run. */
  heldUpMs(from: number): number {
    const now = this.clock.monotonic();
    const all =
      now - this.#due > ORDINARY_MS ? [...this.#gaps, { from: this.#due, to: now }] : this.#gaps;
    return all.reduce((sum, gap) => sum + Math.max(0, gap.to - Math.max(gap.from, from)), 0);
  }

  /** What the calendar says is in doubt for a while. */
  unsettled(): boolean {
    return this.clock.monotonic() - this.#upsetAt < SETTLE_MS;
  }

  /** On whole seconds, where the schedule's slots are, so that one waking up serves both. */
  #arm(): void {
    const now = this.clock.monotonic();
    this.#due = (Math.floor(now / PERIOD_MS + 0.01) + 1) * PERIOD_MS;
    this.#timer = this.clock.after(this.#due - now, () => this.#beat());
  }

  #beat(): void {
    const now = this.clock.monotonic();
    const late = now - this.#due;
    if (late > ORDINARY_MS)
      this.#gaps = [
        ...this.#gaps.filter(({ to }) => to > now - REMEMBER_MS),
        { from: this.#due, to: now },
      ];
    const offset = this.clock.now() - now;
    const jump = offset - this.#offset;
    this.#offset = offset;
    this.#arm();
    if (Math.abs(jump) >= JUMP_MS) this.#tell({ kind: "clock", ms: jump });
    if (late >= STANDSTILL_MS) this.#tell({ kind: "standstill", ms: late });
    this.each();
  }

  #tell(upset: Upset): void {
    this.#upsetAt = this.clock.monotonic();
    this.upset(upset);
  }
}
