import type { Incident } from "../alerts/incident";
import type { Assembly } from "../assembly";
import { type Bucket, days } from "../store/history";
import { sql } from "../store/sql";

const freshMs = 30_000;

/** What pages read from the database; days are read at most twice a minute, however many visitors come. */
export class Records {
  #days: { readonly at: number; readonly days: Promise<ReadonlyMap<string, readonly Bucket[]>> } | undefined;

  constructor(readonly assembly: Assembly) {}

  days(): Promise<ReadonlyMap<string, readonly Bucket[]>> {
    const { clock, database } = this.assembly;
    const now = clock.monotonic();
    if (this.#days === undefined || now - this.#days.at > freshMs) this.#days = { at: now, days: days(database, clock.now(), 90) };
    return this.#days.days;
  }

  /** Newest first. */
  async incidents(limit: number, check?: string): Promise<readonly Incident[]> {
    const rows = await this.assembly.database.rows<{ json: string }>(check === undefined
      ? sql`SELECT json FROM incident ORDER BY id DESC LIMIT ${limit}`
      : sql`SELECT json FROM incident WHERE check_name = ${check} ORDER BY id DESC LIMIT ${limit}`);
    return rows.map(({ json }) => JSON.parse(json) as Incident);
  }
}
