import type { Database } from "./database";
import { number } from "./shapes";
import { sql } from "./sql-literals";
import { DAY, tierFor, tiers } from "./tiers";

/**
 * One bucket; `t` seconds since the epoch at its start, times in milliseconds, null where nothing
 * passed.
 */
export interface Bucket {
  readonly t: number;
  readonly passes: number;
  readonly fails: number;
  readonly unknowns: number;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly max: number | null;
}

const dayTier = tiers.at(-1) as (typeof tiers)[number];

/** A damaged bucket is left out: what is not a number would end up in the page. */
const isWhole = ({ t, passes, fails, unknowns, p50, p95, p99, max }: Bucket): boolean =>
  [t, passes, fails, unknowns, p50 ?? 0, p95 ?? 0, p99 ?? 0, max ?? 0].every(number);

/** Days by check name, oldest first; days without a sample are absent. */
export const days = async (
  database: Database,
  now: number,
  count: number,
): Promise<ReadonlyMap<string, readonly Bucket[]>> => {
  const from = (Math.floor(now / 1000 / DAY) - count + 1) * DAY;
  const rows = await database.rows<Bucket & { name: string }>(sql`
    SELECT c.name, r.t, r.passes, r.fails, r.unknowns, r.p50, r.p95, r.p99, r.max FROM rollup r JOIN check_name c ON c.id = r.check_id WHERE r.tier = ${dayTier.id} AND r.t BETWEEN ${from} AND ${now / 1000} ORDER BY r.t`);
  const found = new Map<string, Bucket[]>();
  for (const { name, ...bucket } of rows.filter(isWhole))
    found.set(name, [...(found.get(name) ?? []), bucket]);
  return found;
};

/** Response times of one check over the last `span` seconds, in at most `points` buckets. */
export const series = async (
  database: Database,
  check: string,
  span: number,
  now: number,
  points = 400,
): Promise<{ readonly seconds: number; readonly buckets: readonly Bucket[] }> => {
  const to = Math.floor(now / 1000);
  const tier = tierFor(to - span, to, to, points);
  const buckets = await database.rows<Bucket>(sql`
    SELECT t, passes, fails, unknowns, p50, p95, p99, max FROM rollup WHERE tier = ${tier.id} AND check_id = (SELECT id FROM check_name WHERE name = ${check}) AND t BETWEEN ${to - span} AND ${to} ORDER BY t`);
  return { seconds: tier.seconds, buckets: buckets.filter(isWhole) };
};

/** Share of counted runs that passed, 0 to 1; undefined where nothing was counted. */
export const uptime = (
  buckets: readonly Pick<Bucket, "passes" | "fails">[],
): number | undefined => {
  const passes = buckets.reduce((sum, bucket) => sum + bucket.passes, 0);
  const runs = buckets.reduce((sum, bucket) => sum + bucket.fails, passes);
  return runs === 0 ? undefined : passes / runs;
};
