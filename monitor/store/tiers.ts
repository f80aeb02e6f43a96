/** How long history is kept and how fine. Samples themselves are the first tier. */
export interface Tier {
  readonly id: number;
  readonly name: string;
  readonly seconds: number;
  readonly keepDays: number;
  /** How often the bucket under way is brought up to date, seconds. */ readonly refresh: number;
}

export const RAW_KEEP_DAYS = 7;

export const tiers: readonly Tier[] = [
  {
    id: 1,
    name: "minute",
    seconds: 60,
    keepDays: 30,
    refresh: 60,
  },
  {
    id: 2,
    name: "hour",
    seconds: 3600,
    keepDays: 800,
    refresh: 300,
  },
  {
    id: 3,
    name: "day",
    seconds: 86_400,
    keepDays: 3650,
    refresh: 900,
  },
];

export const DAY = 86_400;

/** The finest tier that covers the span with at most `points` buckets; times in seconds. */
export const tierFor = (from: number, to: number, now: number, points: number): Tier => {
  return (
    tiers.find(
      ({ seconds, keepDays }) => (to - from) / seconds <= points && now - from <= keepDays * DAY,
    ) ?? (tiers.at(-1) as Tier)
  );
};
