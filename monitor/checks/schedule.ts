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
/**
 * Between so many starts, answers that have come in are looked at: what is asked never outruns what
 * can be heard.
 */
const STARTS_AT_ONCE = 8;
/** Below the 1024 files that a process may have open where nobody allowed more. */
const RUNNING_LIMIT = 900;
const RUNNING_WHEN_BUSY = 32;
const BUSY_MS = 8;

/**
 * No job waits for another: the first run is spread over one interval, later ones jitter by a
 * twentieth around it, and one that still runs when its turn comes is not started twice. When there
 * is more to do than this machine can, jobs begin late, and `backlog` says how late; a job's own
 * time only starts when it begins.
 */
export interface Schedule {
  add(job: Job): void;
  remove(id: string): void;
  backlog(): Backlog;
  /** Brings a job's next run forward to now, unless it is running anyway. */
  hurry(id: string): void;
  /** Has a job run again after this time rather than after its interval. */
  soon(id: string, ms: number): void;
  readonly stop: () => void;
}

interface State {
  readonly clock: Clock;
  readonly random: () => number;
  readonly entries: Map<string, Entry>;
  /** Ids by the slot of their next turn. */
  readonly slots: Map<number, Set<string>>;
  /** Due, in order of their turns. */
  readonly ready: Set<string>;
  timer: { readonly slot: number; readonly timer: Timer } | undefined;
  drain: Timer | undefined;
  running: number;
  skipped: number;
}

const place = (state: State, entry: Entry, ms: number): void => {
  const { clock, slots } = state;
  slots.get(entry.slot)?.delete(entry.job.id);
  entry.slot = Math.round((clock.monotonic() + ms) / SLOT_MS);
  const slot = slots.get(entry.slot);
  if (slot === undefined) slots.set(entry.slot, new Set([entry.job.id]));
  else slot.add(entry.job.id);
  armAtLatest(state, entry.slot);
};

const armAtLatest = (state: State, slot: number): void => {
  if (state.timer !== undefined && state.timer.slot <= slot) return;
  state.timer?.timer.cancel();
  const ms = Math.max(0, slot * SLOT_MS - state.clock.monotonic());
  state.timer = { slot, timer: state.clock.after(ms, () => tick(state)) };
};

const tick = (state: State): void => {
  const { slots, entries } = state;
  state.timer = undefined;
  // A timer may come a moment early.
  const now = state.clock.monotonic() + 2;
  const past = [...slots.keys()].filter((slot) => slot * SLOT_MS <= now).sort((a, b) => a - b);
  for (const slot of past) {
    const ids = slots.get(slot) ?? [];
    slots.delete(slot);
    for (const id of ids) {
      const entry = entries.get(id);
      if (entry !== undefined) becomeDue(state, entry, slot * SLOT_MS);
    }
  }
  let next = Infinity;
  for (const slot of slots.keys()) next = Math.min(next, slot);
  // A job that was due may have set the timer, for a later slot.
  if (next < Infinity) armAtLatest(state, next);
  start(state);
};

const becomeDue = (state: State, entry: Entry, at: number): void => {
  place(state, entry, entry.job.intervalMs * (0.95 + state.random() * 0.1));
  if (entry.running || entry.due !== undefined) {
    state.skipped += 1;
    return;
  }
  entry.due = at;
  state.ready.add(entry.job.id);
};

const start = (state: State): void => {
  let begun = 0;
  for (const id of state.ready) {
    if (begun === STARTS_AT_ONCE || state.running >= RUNNING_LIMIT) break;
    state.ready.delete(id);
    const entry = state.entries.get(id);
    if (entry !== undefined) run(state, entry);
    begun += 1;
  }
  startMoreLater(state);
};

/**
 * The next start comes after what has come in. When that takes long, this program is the
 * bottleneck: it then finishes what it has begun, so that times stay honest; mere waiting for
 * others holds nobody up.
 */
const startMoreLater = (state: State): void => {
  if (state.ready.size === 0 || state.running >= RUNNING_LIMIT || state.drain !== undefined) return;
  const asked = state.clock.monotonic();
  state.drain = state.clock.after(0, () => {
    state.drain = undefined;
    const busy = state.clock.monotonic() - asked > BUSY_MS;
    if (busy && state.running > RUNNING_WHEN_BUSY) startMoreLater(state);
    else start(state);
  });
};

const run = (state: State, entry: Entry): void => {
  entry.due = undefined;
  entry.running = true;
  state.running += 1;
  void entry.job.run().finally(() => {
    entry.running = false;
    state.running -= 1;
    startMoreLater(state);
  });
};

const remove = ({ entries, slots, ready }: State, id: string): void => {
  const entry = entries.get(id);
  if (entry === undefined) return;
  slots.get(entry.slot)?.delete(id);
  ready.delete(id);
  entries.delete(id);
};

const backlogOf = ({ ready, entries, clock, skipped }: State): Backlog => {
  const [first] = ready;
  const due = first === undefined ? undefined : entries.get(first)?.due;
  return {
    waiting: ready.size,
    lateMs: due === undefined ? 0 : Math.max(0, clock.monotonic() - due),
    skipped,
  };
};

export const createSchedule = (clock: Clock, random: () => number = Math.random): Schedule => {
  const state: State = {
    clock,
    random,
    entries: new Map(),
    slots: new Map(),
    ready: new Set(),
    timer: undefined,
    drain: undefined,
    running: 0,
    skipped: 0,
  };
  return {
    add: (job) => {
      remove(state, job.id);
      const entry: Entry = { job, slot: 0, due: undefined, running: false };
      state.entries.set(job.id, entry);
      place(state, entry, random() * Math.min(job.intervalMs, 10_000));
    },
    remove: (id) => remove(state, id),
    backlog: () => backlogOf(state),
    hurry: (id) => {
      const entry = state.entries.get(id);
      if (entry === undefined || entry.running) return;
      becomeDue(state, entry, clock.monotonic());
      start(state);
    },
    soon: (id, ms) => {
      const entry = state.entries.get(id);
      if (entry !== undefined) place(state, entry, ms);
    },
    stop: () => {
      for (const id of state.entries.keys()) remove(state, id);
      state.timer?.timer.cancel();
      state.drain?.cancel();
      state.timer = state.drain = undefined;
    },
  };
};
