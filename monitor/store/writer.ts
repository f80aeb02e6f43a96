import type { Clock, Timer } from "../adapters/clock";
import { reason, type Log } from "../adapters/log";
import type { Database } from "./database";
import { sql } from "./sql";

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
  readonly dropped: number;
}

const PAUSE = 5000;
const SAMPLE_LIMIT = 20_000;
const STATEMENT_LIMIT = 5000;

/**
 * The one writer. Callers hand over and go on; a transaction every five seconds, at once when something urgent (a turn, a mail) is among it.
 * While the disk is full it keeps what it has in memory, bounded, the oldest samples dropped first, and tries again.
 */
export class Writer {
  #samples: Sample[] = [];
  /** By key, so that only the last state of a check is written. */
  #keyed = new Map<string, string>();
  #statements: string[] = [];
  #urgent = false;
  /** Checks that have their number already. */
  readonly #known = new Set<string>();
  #timer: Timer | undefined;
  #running: Promise<void> | undefined;
  #status: StorageStatus = { ok: true, dropped: 0 };

  constructor(
    readonly database: Database,
    readonly clock: Clock,
    readonly log: Log,
  ) {}

  status(): StorageStatus {
    return this.#status;
  }

  sample(sample: Sample): void {
    this.#samples.push(sample);
    if (this.#samples.length > SAMPLE_LIMIT) {
      this.#samples.shift();
      this.#status = { ...this.#status, dropped: this.#status.dropped + 1 };
    }
    this.#arm();
  }

  keyed(key: string, statement: string, urgent: boolean): void {
    this.#keyed.set(key, statement);
    this.#urgent ||= urgent;
    this.#arm();
  }

  statement(statement: string): void {
    this.#statements.push(statement);
    if (this.#statements.length > STATEMENT_LIMIT) this.#statements.shift();
    this.#urgent = true;
    this.#arm();
  }

  /** Resolves when everything handed over before has been tried. */
  async flush(): Promise<void> {
    while (this.#running) await this.#running;
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#samples.length + this.#keyed.size + this.#statements.length === 0) return;
    this.#running = this.#write().finally(() => {
      this.#running = undefined;
    });
    await this.#running;
  }

  #arm(): void {
    if (this.#running) return;
    if (this.#urgent && this.#status.ok) {
      this.#timer?.cancel();
      this.#timer = this.clock.after(0, () => void this.flush());
    } else {
      this.#timer ??= this.clock.after(PAUSE, () => void this.flush());
    }
  }

  async #write(): Promise<void> {
    const [samples, keyed, statements, urgent] = [
      this.#samples,
      this.#keyed,
      this.#statements,
      this.#urgent,
    ];
    this.#samples = [];
    this.#keyed = new Map();
    this.#statements = [];
    this.#urgent = false;
    try {
      await this.database.exec(
        `PRAGMA synchronous = ${urgent ? "FULL" : "NORMAL"}; BEGIN IMMEDIATE; ${[...sampleStatements(samples, this.#known), ...statements, ...keyed.values()].join("; ")}; COMMIT`,
      );
      for (const { check } of samples) this.#known.add(check);
      if (!this.#status.ok)
        this.log.info(
          `storage works again; ${this.#status.dropped} samples were dropped meanwhile`,
        );
      this.#status = { ok: true, lastTry: this.clock.monotonic(), dropped: this.#status.dropped };
    } catch (error) {
      await this.database.exec("ROLLBACK").catch(() => undefined);
      if (this.#status.ok)
        this.log.error(`storage: ${reason(error)}; checks and alerts go on in memory`);
      this.#status = {
        ...this.#status,
        ok: false,
        error: reason(error),
        since: this.#status.since ?? this.clock.monotonic(),
        lastTry: this.clock.monotonic(),
      };
      this.#samples = [...samples, ...this.#samples].slice(-SAMPLE_LIMIT);
      this.#statements = [...statements, ...this.#statements].slice(-STATEMENT_LIMIT);
      this.#keyed = new Map([...keyed, ...this.#keyed]);
      this.#urgent ||= urgent;
    } finally {
      this.clock.after(0, () => {
        if (this.#samples.length + this.#keyed.size + this.#statements.length > 0) this.#arm();
      });
    }
  }
}

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
