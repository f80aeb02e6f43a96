import { reason } from "../adapters/log";
import type { Incident } from "../alerts/incident";
import type { Assembly } from "../assembly";
import { type Bucket, days, series } from "../store/history";
import { incident, read, text, time } from "../store/shapes";
import { sql } from "../store/sql-literals";

const FRESH_MS = 30_000;

export interface TimelineEvent {
  readonly id: number;
  readonly at: number;
  readonly kind: string;
  readonly text: string;
}
type Days = ReadonlyMap<string, readonly Bucket[]>;

/** What pages read from the database. They stay up when it is damaged or can't be read: what is missing is left out, and `trouble` says so. */
export class Records {
  #days: { readonly at: number; readonly days: Promise<Days> } | undefined;
  /** What can't be read now, and why. */
  readonly #failures = new Map<string, string>();
  readonly #damaged = new Set<string>();

  constructor(readonly assembly: Assembly) {}

  /** What is missing from what was read; for people. */
  trouble(): string | undefined {
    const damaged =
      this.#damaged.size === 0
        ? []
        : [
            `${this.#damaged.size === 1 ? "1 damaged record is" : `${this.#damaged.size} damaged records are`} left out.`,
          ];
    const said = [
      ...(this.#failures.size === 0
        ? []
        : ["The history can't be read now; what is shown is of this moment."]),
      ...damaged,
    ];
    return said.length === 0 ? undefined : said.join(" ");
  }

  /** For answers that can't say what is missing. */
  failing(): boolean {
    return this.#failures.size > 0;
  }

  /** At most twice a minute, however many visitors come. */
  days(): Promise<Days> {
    const { clock, database } = this.assembly;
    const now = clock.monotonic();
    if (this.#days === undefined || now - this.#days.at > FRESH_MS)
      this.#days = {
        at: now,
        days: this.#read<Days>("days", () => days(database, clock.now(), 90), new Map()),
      };
    return this.#days.days;
  }

  /** Newest first. */
  async incidents(limit: number, check?: string): Promise<readonly Incident[]> {
    const rows = await this.#rows<{ id: number; json: unknown }>(
      "incidents",
      check === undefined
        ? sql`SELECT id, json FROM incident ORDER BY id DESC LIMIT ${limit}`
        : sql`SELECT id, json FROM incident WHERE check_name = ${check} ORDER BY id DESC LIMIT ${limit}`,
    );
    return rows.flatMap(({ id, json }) =>
      this.#whole(`incident ${id}`, read<Incident>(json, incident)),
    );
  }

  async incident(id: number): Promise<Incident | undefined> {
    const [row] = await this.#rows<{ json: unknown }>(
      "incidents",
      sql`SELECT json FROM incident WHERE id = ${id}`,
    );
    return row === undefined
      ? undefined
      : this.#whole(`incident ${id}`, read<Incident>(row.json, incident))[0];
  }

  async timeline(id: number): Promise<readonly TimelineEvent[]> {
    const rows = await this.#rows<TimelineEvent>(
      "timeline",
      sql`SELECT id, at, kind, text FROM event WHERE incident = ${id} ORDER BY id LIMIT 500`,
    );
    return rows.flatMap((event) =>
      this.#whole(
        `event ${event.id}`,
        time(event.at) && text(event.kind) && text(event.text) ? event : undefined,
      ),
    );
  }

  series(check: string, seconds: number, points?: number): ReturnType<typeof series> {
    return this.#read(
      "series",
      () => series(this.assembly.database, check, seconds, this.assembly.clock.now(), points),
      { seconds: 0, buckets: [] },
    );
  }

  #rows<Row>(what: string, statement: string): Promise<readonly Row[]> {
    return this.#read<readonly Row[]>(what, () => this.assembly.database.rows<Row>(statement), []);
  }

  async #read<Value>(what: string, from: () => Promise<Value>, without: Value): Promise<Value> {
    try {
      const value = await from();
      this.#failures.delete(what);
      return value;
    } catch (error) {
      if (this.#failures.get(what) !== reason(error))
        this.assembly.log.error(`the history can't be read (${what}): ${reason(error)}`);
      this.#failures.set(what, reason(error));
      return without;
    }
  }

  /** Each is said once in the journal, however often it is asked for. */
  #whole<Value>(what: string, value: Value | undefined): Value[] {
    if (value !== undefined) return [value];
    if (!this.#damaged.has(what))
      this.assembly.log.error(`${what} is damaged and left out of the pages`);
    this.#damaged.add(what);
    return [];
  }
}
