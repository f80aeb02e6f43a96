import type { Clock, Timer } from "../adapters/clock";
import { reason, type Log } from "../adapters/log";
import type { Database } from "./database";
import { sql } from "./sql-literals";
import { DAY, RAW_KEEP_DAYS, tiers, type Tier } from "./tiers";

/**
 * Buckets from `from` on, made anew from the samples themselves, so percentiles are exact in each
 * tier (nearest rank over the passes; failures have no meaningful time).
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

/**
 * Keeps the tiers up to date and forgets what is too old. Runs beside the writer on the same
 * connection, which takes turns.
 */
export interface Rollups {
  start(): void;
  stop(): void;
  /**
   * One round: the tiers whose turn it is, and once an hour the pruning. Failures are tried again
   * next time: samples are only pruned after they were rolled up.
   */
  run(): Promise<void>;
  roll(tier: Tier): Promise<void>;
  prune(): Promise<void>;
}

/** A transaction of its own; the writer's never mixes in, as `exec` of one text is not divided. */
const transact = async (database: Database, statements: readonly string[]): Promise<void> => {
  try {
    await database.exec(`BEGIN IMMEDIATE; ${statements.join("; ")}; COMMIT`);
  } catch (error) {
    await database.exec("ROLLBACK").catch(() => undefined);
    throw error;
  }
};

const roll = async (database: Database, tier: Tier, now: number): Promise<void> => {
  const [mark] = await database.rows<{ value: string }>(
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
  await transact(database, [
    rollupStatement(tier, from),
    sql`INSERT OR REPLACE INTO meta VALUES (${markOf(tier)}, ${String(next)})`,
  ]);
};

const prune = (database: Database, now: number): Promise<void> => {
  const oldest = (days: number): number => now - days * DAY;
  const buckets = tiers.map(
    ({ id, keepDays }) => sql`DELETE FROM rollup WHERE tier = ${id} AND t < ${oldest(keepDays)}`,
  );
  return transact(database, [
    ...buckets,
    sql`DELETE FROM sample WHERE t < ${oldest(RAW_KEEP_DAYS)}`,
    sql`DELETE FROM outbox WHERE sent < ${oldest(30) * 1000}`,
  ]);
};

export const createRollups = (database: Database, clock: Clock, log: Log): Rollups => {
  const seconds = (): number => Math.floor(clock.now() / 1000);
  /** When a tier is rolled next, by its id; and when pruning was last done. Monotonic seconds. */
  const due = new Map<number, number>();
  let pruned = -Infinity;
  let timer: Timer | undefined;

  const round = async (): Promise<void> => {
    const steady = clock.monotonic() / 1000;
    for (const tier of tiers) {
      if (steady < (due.get(tier.id) ?? -Infinity)) continue;
      await roll(database, tier, seconds());
      due.set(tier.id, steady + tier.refresh);
    }
    if (steady < pruned + 3600) return;
    await prune(database, seconds());
    pruned = steady;
  };
  const run = (): Promise<void> =>
    round().catch((error: unknown) =>
      log.warn(`rolling up history: ${reason(error)}; next try in a minute`),
    );
  const start = (): void => {
    timer = clock.after(60_000, () => void run().finally(start));
  };
  return {
    start,
    stop: () => timer?.cancel(),
    run,
    roll: (tier) => roll(database, tier, seconds()),
    prune: () => prune(database, seconds()),
  };
};
