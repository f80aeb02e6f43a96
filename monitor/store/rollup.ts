import type { Clock, Timer } from "../adapters/clock";
import { reason, type Log } from "../adapters/log";
import type { Database } from "./database";
import { sql } from "./sql";
import { DAY, RAW_KEEP_DAYS, tiers, type Tier } from "./tiers";

/**
 * Buckets from `from` on, made anew from the samples themselves, so percentiles are exact in each tier (nearest rank over the passes; failures have no meaningful time).
 */
export const rollupStatement = ({ id, seconds }: Tier, from: number): string => sql`
INSERT OR REPLACE INTO rollup
SELECT ${id}, check_id, bucket, sum(result = 0), sum(result = 1), sum(result = 2),
  min(CASE WHEN result = 0 AND rank >= 0.5 * n THEN ms END), min(CASE WHEN result = 0 AND rank >= 0.95 * n THEN ms END), min(CASE WHEN result = 0 AND rank >= 0.99 * n THEN ms END), max(CASE WHEN result = 0 THEN ms END)
FROM (
  SELECT s.check_id, s.t / ${seconds} * ${seconds} AS bucket, s.result, s.ms,
    row_number() OVER (PARTITION BY s.check_id, s.t / ${seconds}, s.result ORDER BY s.ms) AS rank,
    count(*) OVER (PARTITION BY s.check_id, s.t / ${seconds}, s.result) AS n
  FROM sample s WHERE s.t >= ${from})
GROUP BY check_id, bucket`;

/** Where rolling up goes on: the start of the last bucket that was made. */
const markOf = (tier: Tier): string => `rolled ${tier.name}`;

/** Keeps the tiers up to date and forgets what is too old. Runs beside the writer on the same connection, which takes turns. */
export class Rollups {
  #timer: Timer | undefined;
  readonly #due = new Map<number, number>();
  #pruned = -Infinity;

  constructor(
    readonly database: Database,
    readonly clock: Clock,
    readonly log: Log,
  ) {}

  start(): void {
    this.#timer = this.clock.after(60_000, () => void this.run().finally(() => this.start()));
  }

  stop(): void {
    this.#timer?.cancel();
  }

  /** One round: the tiers whose turn it is, and once an hour the pruning. Failures are tried again next time: samples are only pruned after they were rolled up. */
  async run(): Promise<void> {
    const steady = this.clock.monotonic() / 1000;
    try {
      for (const tier of tiers) {
        if (steady < (this.#due.get(tier.id) ?? -Infinity)) continue;
        await this.roll(tier);
        this.#due.set(tier.id, steady + tier.refresh);
      }
      if (steady < this.#pruned + 3600) return;
      await this.prune();
      this.#pruned = steady;
    } catch (error) {
      this.log.warn(`rolling up history: ${reason(error)}; next try in a minute`);
    }
  }

  async roll(tier: Tier): Promise<void> {
    const now = Math.floor(this.clock.now() / 1000);
    const [mark] = await this.database.rows<{ value: string }>(
      sql`SELECT value FROM meta WHERE key = ${markOf(tier)}`,
    );
    const next = Math.floor(now / tier.seconds) * tier.seconds;
    const marked = Number(mark?.value ?? 0);
    // A mark that makes no sense: from the first bucket of which no sample has been pruned yet.
    const from = Math.min(
      Number.isFinite(marked)
        ? marked
        : Math.ceil((now - RAW_KEEP_DAYS * DAY) / tier.seconds) * tier.seconds,
      next,
    );
    await this.#transaction([
      rollupStatement(tier, from),
      sql`INSERT OR REPLACE INTO meta VALUES (${markOf(tier)}, ${String(next)})`,
    ]);
  }

  async prune(): Promise<void> {
    const now = Math.floor(this.clock.now() / 1000);
    const oldest = (days: number): number => now - days * DAY;
    const buckets = tiers.map(
      ({ id, keepDays }) => sql`DELETE FROM rollup WHERE tier = ${id} AND t < ${oldest(keepDays)}`,
    );
    await this.#transaction([
      ...buckets,
      sql`DELETE FROM sample WHERE t < ${oldest(RAW_KEEP_DAYS)}`,
      sql`DELETE FROM outbox WHERE sent < ${oldest(30) * 1000}`,
    ]);
  }

  /** A transaction of its own; the writer's never mixes in, as `exec` of one text is not divided. */
  async #transaction(statements: readonly string[]): Promise<void> {
    try {
      await this.database.exec(`BEGIN IMMEDIATE; ${statements.join("; ")}; COMMIT`);
    } catch (error) {
      await this.database.exec("ROLLBACK").catch(() => undefined);
      throw error;
    }
  }
}
