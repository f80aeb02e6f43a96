import type { Clock, Timer } from "../adapters/clock";
import { reason, type Log } from "../adapters/log";
import type { Database } from "./database";
import { sql } from "./sql-literals";

export interface Sample {
  readonly check: string;
  /** Seconds since the epoch. */ readonly t: number;
  readonly result: 0 | 1 | 2;
  readonly ms: number;
}

export interface StorageStatus {
  readonly ok: boolean;
  readonly error?: string;
  /** Of the first failure; this and the following in monotonic milliseconds. */
  readonly since?: number;
  /** End of the last write, good or bad. */
  readonly lastTry?: number;
  /** Samples that were lost. */
  readonly dropped: number;
}

const PAUSE_MS = 5000;
const SAMPLE_LIMIT = 20_000;
const STATEMENT_LIMIT = 5000;

/**
 * The one writer. Callers hand over and go on; a transaction every five seconds, at once when
 * something urgent (a turn, a mail) is among it. While the disk is full it keeps what it has in
 * memory, bounded, the oldest samples dropped first, and tries again.
 */
export interface Writer {
  status(): StorageStatus;
  sample(sample: Sample): void;
  /** Only the last statement of a key is written. */
  keyed(key: string, statement: string, urgent: boolean): void;
  statement(statement: string): void;
  /** Resolves when everything handed over before has been tried. */
  flush(): Promise<void>;
}

/** What waits to be written. */
interface Batch {
  readonly samples: Sample[];
  readonly keyed: Map<string, string>;
  readonly statements: string[];
  urgent: boolean;
}

const emptyBatch = (): Batch => ({
  samples: [],
  keyed: new Map(),
  statements: [],
  urgent: false,
});
const isEmpty = ({ samples, keyed, statements }: Batch): boolean =>
  samples.length + keyed.size + statements.length === 0;

/** A batch that could not be written, and what came meanwhile: the oldest gives way. */
const joined = (failed: Batch, later: Batch): Batch => ({
  samples: [...failed.samples, ...later.samples].slice(-SAMPLE_LIMIT),
  statements: [...failed.statements, ...later.statements].slice(-STATEMENT_LIMIT),
  keyed: new Map([...failed.keyed, ...later.keyed]),
  urgent: failed.urgent || later.urgent,
});

const transactionOf = (batch: Batch, known: ReadonlySet<string>): string => {
  const statements = [
    ...sampleStatements(batch.samples, known),
    ...batch.statements,
    ...batch.keyed.values(),
  ].join("; ");
  return `PRAGMA synchronous = ${batch.urgent ? "FULL" : "NORMAL"}; BEGIN IMMEDIATE; ${statements}; COMMIT`;
};

interface State {
  batch: Batch;
  timer: Timer | undefined;
  running: Promise<void> | undefined;
  status: StorageStatus;
  /** Checks that have their number already. */
  readonly known: Set<string>;
}
interface Deps {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
}

const arm = (state: State, deps: Deps): void => {
  if (state.running) return;
  const write = (): void => void flush(state, deps);
  if (state.batch.urgent && state.status.ok) {
    state.timer?.cancel();
    state.timer = deps.clock.after(0, write);
  } else {
    state.timer ??= deps.clock.after(PAUSE_MS, write);
  }
};

const flush = async (state: State, deps: Deps): Promise<void> => {
  while (state.running) await state.running;
  state.timer?.cancel();
  state.timer = undefined;
  if (isEmpty(state.batch)) return;
  state.running = write(state, deps).finally(() => {
    state.running = undefined;
  });
  await state.running;
};

const write = async (state: State, deps: Deps): Promise<void> => {
  const { database, clock, log } = deps;
  const batch = state.batch;
  state.batch = emptyBatch();
  try {
    await database.exec(transactionOf(batch, state.known));
    for (const { check } of batch.samples) state.known.add(check);
    const { ok, dropped } = state.status;
    if (!ok) log.info(`storage works again; ${dropped} samples were dropped meanwhile`);
    state.status = { ok: true, lastTry: clock.monotonic(), dropped };
  } catch (error) {
    await database.exec("ROLLBACK").catch(() => undefined);
    if (state.status.ok) log.error(`storage: ${reason(error)}; checks and alerts go on in memory`);
    state.status = {
      ...state.status,
      ok: false,
      error: reason(error),
      since: state.status.since ?? clock.monotonic(),
      lastTry: clock.monotonic(),
    };
    state.batch = joined(batch, state.batch);
  } finally {
    clock.after(0, () => {
      if (!isEmpty(state.batch)) arm(state, deps);
    });
  }
};

export const createWriter = (database: Database, clock: Clock, log: Log): Writer => {
  const deps: Deps = { database, clock, log };
  const state: State = {
    batch: emptyBatch(),
    timer: undefined,
    running: undefined,
    status: { ok: true, dropped: 0 },
    known: new Set(),
  };
  return {
    status: () => state.status,
    sample: (sample) => {
      const { samples } = state.batch;
      samples.push(sample);
      if (samples.length > SAMPLE_LIMIT) {
        samples.shift();
        state.status = { ...state.status, dropped: state.status.dropped + 1 };
      }
      arm(state, deps);
    },
    keyed: (key, statement, urgent) => {
      state.batch.keyed.set(key, statement);
      state.batch.urgent ||= urgent;
      arm(state, deps);
    },
    statement: (statement) => {
      const { statements } = state.batch;
      statements.push(statement);
      if (statements.length > STATEMENT_LIMIT) statements.shift();
      state.batch.urgent = true;
      arm(state, deps);
    },
    flush: () => flush(state, deps),
  };
};

/** Rows of one statement: parsing thousands of statements costs more than writing their rows. */
const CHUNK = 500;

const sampleStatements = (samples: readonly Sample[], known: ReadonlySet<string>): string[] => {
  const names = [...new Set(samples.map(({ check }) => check))].filter((name) => !known.has(name));
  const statements = names.map(
    (name) => sql`INSERT OR IGNORE INTO check_name (name) VALUES (${name})`,
  );
  for (let at = 0; at < samples.length; at += CHUNK) {
    const rows = samples
      .slice(at, at + CHUNK)
      .map(({ check, t, result, ms }) => sql`(${check}, ${t}, ${result}, ${Math.round(ms)})`);
    statements.push(
      `INSERT OR REPLACE INTO sample (check_id, t, result, ms) SELECT c.id, s.column2, s.column3, s.column4 FROM (VALUES ${rows.join(", ")}) s JOIN check_name c ON c.name = s.column1`,
    );
  }
  return statements;
};
