import type { Clock } from "../clock";

/** DigitalOcean's limits, per token. */
const PER_HOUR = 5_000,
  PER_MINUTE = 250;

export interface Verdict {
  readonly allowed: boolean;
  readonly headers: Readonly<Record<string, string>>;
  readonly retryAfterSeconds: number;
}
export interface RateLimit {
  count(token: string): Verdict;
}

/** More clients than that at once are forgotten, those first that have not called for longest. */
const TOKENS_KEPT = 1_000;

/**
 * Times of a token's calls, oldest first; only those within the hour count, and no more are kept
 * than can be refused.
 */
interface Calls {
  times: number[];
  gone: number;
}
const within = (calls: Calls, since: number): number =>
  calls.times.length -
  1 -
  Math.max(
    calls.gone - 1,
    calls.times.findLastIndex((at) => at <= since),
  );

const forgetOld = (calls: Calls, since: number): void => {
  const isGone = (at: number | undefined): boolean =>
    at !== undefined && (at <= since || calls.times.length - calls.gone > PER_HOUR);
  while (isGone(calls.times[calls.gone])) calls.gone++;
  // Cut off now and then, not at each call.
  if (calls.gone > PER_HOUR)
    Object.assign(calls, { times: calls.times.slice(calls.gone), gone: 0 });
};

/**
 * Sliding windows of an hour and a minute. The headers are always true; calls are refused only when
 * `enforced`, so that drills may poll.
 */
export const createRateLimit = (clock: Clock, enforced: boolean): RateLimit => {
  const tokens = new Map<string, Calls>();
  const callsOf = (token: string): Calls => {
    const calls = tokens.get(token) ?? { times: [], gone: 0 };
    tokens.delete(token);
    tokens.set(token, calls);
    const [oldest] = tokens.size > TOKENS_KEPT ? tokens.keys() : [];
    if (oldest !== undefined) tokens.delete(oldest);
    return calls;
  };
  return {
    count: (token) => {
      const now = clock.now().getTime();
      const calls = callsOf(token);
      forgetOld(calls, now - 3_600_000);
      const lastHour = calls.times.length - calls.gone;
      const overHour = lastHour >= PER_HOUR;
      const allowed = !enforced || (!overHour && within(calls, now - 60_000) < PER_MINUTE);
      if (allowed) calls.times.push(now);
      const oldest = calls.times[calls.gone] ?? now;
      const waitFor = overHour ? oldest + 3_600_000 : (calls.times.at(-PER_MINUTE) ?? now) + 60_000;
      return {
        allowed,
        retryAfterSeconds: allowed ? 0 : Math.max(1, Math.ceil((waitFor - now) / 1000)),
        headers: {
          "ratelimit-limit": String(PER_HOUR),
          "ratelimit-remaining": String(Math.max(0, PER_HOUR - lastHour - Number(allowed))),
          "ratelimit-reset": String(Math.ceil((oldest + 3_600_000) / 1000)),
        },
      };
    },
  };
};
