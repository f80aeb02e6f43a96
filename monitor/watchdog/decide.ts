/**
 * What the watchdog remembers of a service, over its own restarts. Times are milliseconds since the
 * epoch.
 */
export interface Memory {
  readonly failures: number;
  readonly restarts: readonly number[];
  readonly capped: boolean;
}

export type Deed =
  | { readonly kind: "none" }
  | { readonly kind: "restart"; readonly why: string }
  | { readonly kind: "capped"; readonly why: string };

export const blank: Memory = { failures: 0, restarts: [], capped: false };

const HOUR = 3_600_000;

/**
 * One answer, one decision. At the cap it says so once and leaves the service alone until a restart
 * of the last hour has aged.
 */
export const decide = (
  was: Memory,
  error: string | undefined,
  rule: { readonly failAfter: number; readonly maxRestartsPerHour: number },
  now: number,
): readonly [Memory, Deed] => {
  const restarts = was.restarts.filter((at) => at > now - HOUR && at <= now);
  if (error === undefined) return [{ failures: 0, restarts, capped: false }, { kind: "none" }];
  const failures = was.failures + 1;
  if (failures < rule.failAfter)
    return [{ failures, restarts, capped: was.capped }, { kind: "none" }];
  const why = `${failures} failures in a row, last: ${error}`;
  if (restarts.length < rule.maxRestartsPerHour)
    return [
      { failures: 0, restarts: [...restarts, now], capped: false },
      { kind: "restart", why },
    ];
  return [
    { failures, restarts, capped: true },
    was.capped
      ? { kind: "none" }
      : {
          kind: "capped",
          why: `${why}; already restarted ${restarts.length} times within the hour`,
        },
  ];
};
