import type { Clock, Timer } from "../adapters/clock";

export interface Job {
  readonly id: string;
  readonly intervalMs: number;
  run(): Promise<void>;
}

/** How far the schedule is behind. */
export interface Backlog {
  /** Due, and not begun. */ readonly waiting: number;
  /** How late the one that waits longest is. */ readonly lateMs: number;
  /** Turns that were left out, as the one before had not begun or ended. */ readonly skipped: number;
}

interface Entry {
  readonly job: Job;
  /** Where its next turn is. */ slot: number;
  /** When it became due, while it waits to begin. */ due: number | undefined;
  running: boolean;
}

/** Jobs that are due within it begin together: waking up for each costs more than running it. */
const SLOT_MS = 500;
/** Between so many starts, answers that have come in are looked at: what is asked never outruns what can be heard. */
const STARTS_AT_ONCE = 8;
/** Below the 1024 files that a process may have open where nobody allowed more. */
const RUNNING_LIMIT = 900;
const RUNNING_WHEN_BUSY = 32;
const BUSY_MS = 8;

/**
 * No job waits for another: the first run is spread over one interval, later ones jitter by a twentieth around it, and one that still runs when its turn comes is not started twice.
 * When there is more to do than this machine can, jobs begin late, and `backlog` says how late; a job's own time only starts when it begins.
 */
export class Schedule {
  readonly #entries = new Map<string, Entry>();
  readonly #slots = new Map<number, Set<string>>();
  readonly #ready = new Set<string>();
  #timer: { readonly slot: number; readonly timer: Timer } | undefined;
  #drain: Timer | undefined;
  #running = 0;
  #skipped = 0;

  constructor(
    readonly clock: Clock,
    readonly random: () => number = Math.random,
  ) {}

  add(job: Job): void {
    this.remove(job.id);
    const entry: Entry = { job, slot: 0, due: undefined, running: false };
    this.#entries.set(job.id, entry);
    this.#place(entry, this.random() * Math.min(job.intervalMs, 10_000));
  }

  remove(id: string): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    this.#slots.get(entry.slot)?.delete(id);
    this.#ready.delete(id);
    this.#entries.delete(id);
  }

  ids(): readonly string[] {
    return [...this.#entries.keys()];
  }

  backlog(): Backlog {
    const [first] = this.#ready;
    const due = first === undefined ? undefined : this.#entries.get(first)?.due;
    return {
      waiting: this.#ready.size,
      lateMs: due === undefined ? 0 : Math.max(0, this.clock.monotonic() - due),
      skipped: this.#skipped,
    };
  }

  /** Brings a job's next run forward to now, unless it is running anyway. */
  hurry(id: string): void {
    const entry = this.#entries.get(id);
    if (entry === undefined || entry.running) return;
    this.#due(entry, this.clock.monotonic());
    this.#start();
  }

  /** Has a job run again after this time rather than after its interval. */
  soon(id: string, ms: number): void {
    const entry = this.#entries.get(id);
    if (entry !== undefined) this.#place(entry, ms);
  }

  stop(): void {
    for (const id of this.ids()) this.remove(id);
    this.#timer?.timer.cancel();
    this.#drain?.cancel();
    this.#timer = this.#drain = undefined;
  }

  #place(entry: Entry, ms: number): void {
    this.#slots.get(entry.slot)?.delete(entry.job.id);
    entry.slot = Math.round((this.clock.monotonic() + ms) / SLOT_MS);
    const slot = this.#slots.get(entry.slot);
    if (slot === undefined) this.#slots.set(entry.slot, new Set([entry.job.id]));
    else slot.add(entry.job.id);
    this.#armAtLatest(entry.slot);
  }

  #armAtLatest(slot: number): void {
    if (this.#timer !== undefined && this.#timer.slot <= slot) return;
    this.#timer?.timer.cancel();
    this.#timer = {
      slot,
      timer: this.clock.after(Math.max(0, slot * SLOT_MS - this.clock.monotonic()), () =>
        this.#tick(),
      ),
    };
  }

  #tick(): void {
    this.#timer = undefined;
    // A timer may come a moment early.
    const now = this.clock.monotonic() + 2;
    const past = [...this.#slots.keys()]
      .filter((slot) => slot * SLOT_MS <= now)
      .sort((a, b) => a - b);
    for (const slot of past) {
      const ids = this.#slots.get(slot) ?? [];
      this.#slots.delete(slot);
      for (const id of ids) {
        const entry = this.#entries.get(id);
        if (entry !== undefined) this.#due(entry, slot * SLOT_MS);
      }
    }
    let next = Infinity;
    for (const slot of this.#slots.keys()) next = Math.min(next, slot);
    // A job that was due may have set the timer, for a later slot.
    if (next < Infinity) this.#armAtLatest(next);
    this.#start();
  }

  #due(entry: Entry, at: number): void {
    this.#place(entry, entry.job.intervalMs * (0.95 + this.random() * 0.1));
    if (entry.running || entry.due !== undefined) {
      this.#skipped += 1;
      return;
    }
    entry.due = at;
    this.#ready.add(entry.job.id);
  }

  #start(): void {
    let begun = 0;
    for (const id of this.#ready) {
      if (begun === STARTS_AT_ONCE || this.#running >= RUNNING_LIMIT) break;
      this.#ready.delete(id);
      const entry = this.#entries.get(id);
      if (entry !== undefined) this.#run(entry);
      begun += 1;
    }
    this.#pump();
  }

  /** The next start comes after what has come in. When that takes long, this program is the bottleneck: it then finishes what it has begun, so that times stay honest; mere waiting for others holds nobody up. */
  #pump(): void {
    if (this.#ready.size === 0 || this.#running >= RUNNING_LIMIT || this.#drain !== undefined)
      return;
    const asked = this.clock.monotonic();
    this.#drain = this.clock.after(0, () => {
      this.#drain = undefined;
      const busy = this.clock.monotonic() - asked > BUSY_MS;
      if (busy && this.#running > RUNNING_WHEN_BUSY) this.#pump();
      else this.#start();
    });
  }

  #run(entry: Entry): void {
    entry.due = undefined;
    entry.running = true;
    this.#running += 1;
    void entry.job.run().finally(() => {
      entry.running = false;
      this.#running -= 1;
      this.#pump();
    });
  }
}
