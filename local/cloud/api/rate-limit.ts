import type { Clock } from "../clock";

/** DigitalOcean's limits, per token. */
const perHour = 5_000, perMinute = 250;

export interface Verdict { readonly allowed: boolean; readonly headers: Readonly<Record<string, string>>; readonly retryAfterSeconds: number }
export interface RateLimit { count(token: string): Verdict }

/** Sliding windows of an hour and a minute. The headers are always true; calls are refused only when `enforced`, so that drills may poll. */
export const createRateLimit = (clock: Clock, enforced: boolean): RateLimit => {
  const calls = new Map<string, number[]>();
  return {
    count: (token) => {
      const now = clock.now().getTime();
      const recent = (calls.get(token) ?? []).filter((at) => at > now - 3_600_000);
      const lastMinute = recent.length - recent.findLastIndex((at) => at <= now - 60_000) - 1;
      const overHour = recent.length >= perHour, overMinute = lastMinute >= perMinute;
      const allowed = !enforced || (!overHour && !overMinute);
      if (allowed) recent.push(now);
      // Without enforcement the list must not grow for ever.
      calls.set(token, recent.slice(-perHour));
      const oldest = recent[0] ?? now;
      const waitFor = overHour ? oldest + 3_600_000 : (recent.at(-perMinute) ?? now) + 60_000;
      return {
        allowed, retryAfterSeconds: allowed ? 0 : Math.max(1, Math.ceil((waitFor - now) / 1000)),
        headers: {
          "ratelimit-limit": String(perHour), "ratelimit-remaining": String(Math.max(0, perHour - recent.length)),
          "ratelimit-reset": String(Math.ceil((oldest + 3_600_000) / 1000)),
        },
      };
    },
  };
};
