import type { BackupKeep } from "@second-server/contract/backups";

/** "20261121T093000Z" ↔ a moment: sorts as text, and is a folder's name on every file system. */
export const idOf = (at: Date): string =>
  at
    .toISOString()
    .replace(/[-:]/g, "")
    .replace(/\.\d+Z$/, "Z");
export const isId = (name: string): boolean => /^\d{8}T\d{6}Z$/.test(name);
export const momentOf = (id: string): Date =>
  new Date(id.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));

const DAY_MS = 86_400_000;
/** Monday-based weeks since 1970 (which began on a Thursday). */
const week = (id: string): string => String(Math.floor((momentOf(id).getTime() / DAY_MS + 3) / 7));

/**
 * A backup made right after something went wrong must not push out the only good one of its hour.
 */
const ALWAYS = 2;

const HOUR_MINUTES = 60;
/**
 * The tier that is called hourly. Backups more often than hourly are counted one by one (96
 * quarter-hours are 96 backups); with backups less often, so many hours hold fewer of them (24
 * hours hold four taken every six).
 */
const hourlyTier = (
  hourly: number,
  everyMinutes: number,
): readonly [number, (id: string) => string] => {
  const slot = Math.min(everyMinutes, HOUR_MINUTES) * 60_000;
  return [
    everyMinutes > HOUR_MINUTES ? Math.ceil((hourly * HOUR_MINUTES) / everyMinutes) : hourly,
    (id) => String(Math.floor(momentOf(id).getTime() / slot)),
  ];
};

/** Longer than anybody keeps anything. */
const MOST_STEPS = 20_000;
/**
 * When each of these backups goes, if others go on being taken as they are now: the policy itself is
 * asked, step by step. After the hourly ones, one a day shows it to the day.
 */
export const goneWhen = (
  ids: readonly string[],
  keep: BackupKeep,
  everyMinutes: number = HOUR_MINUTES,
  now: Date = new Date(),
): ReadonlyMap<string, Date> => {
  const [gone, slot] = [new Map<string, Date>(), everyMinutes * 60_000];
  let [at, all, left] = [now.getTime(), [...ids], ids.length];
  for (let step = 0; left > 0 && step < MOST_STEPS; step++) {
    at += step <= keep.hourly + ALWAYS ? slot : Math.max(slot, DAY_MS);
    all.push(idOf(new Date(at)));
    const expiring = new Set(expired(all, keep, everyMinutes));
    for (const id of ids)
      if (expiring.has(id) && !gone.has(id)) {
        gone.set(id, new Date(at));
        left--;
      }
    all = all.filter((id) => !expiring.has(id));
  }
  return gone;
};

/**
 * The backups to delete, of `ids` in the order in which they were taken: each of the last hours,
 * days and weeks keeps its newest, and the two newest of all stay.
 */
export const expired = (
  ids: readonly string[],
  keep: BackupKeep,
  everyMinutes = HOUR_MINUTES,
): readonly string[] => {
  const newestFirst = [...ids].reverse();
  const kept = new Set(newestFirst.slice(0, ALWAYS));
  const tiers: readonly (readonly [number, (id: string) => string])[] = [
    hourlyTier(keep.hourly, everyMinutes),
    [keep.daily, (id) => id.slice(0, 8)],
    [keep.weekly, week],
  ];
  for (const [count, bucketOf] of tiers) {
    const buckets = new Map<string, string>();
    for (const id of newestFirst) if (!buckets.has(bucketOf(id))) buckets.set(bucketOf(id), id);
    for (const id of [...buckets.values()].slice(0, count)) kept.add(id);
  }
  return newestFirst.filter((id) => !kept.has(id));
};
