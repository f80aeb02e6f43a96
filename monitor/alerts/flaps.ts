const HOUR = 3_600_000;
const SETTLE_MS = 30 * 60_000;

/**
 * When a check fired and resolved; only what the damping needs. Times are milliseconds since the
 * epoch.
 */
export interface Flaps {
  readonly turns?: readonly number[];
  readonly flapping?: boolean;
}

/**
 * One more turn. More than `perHour` of them within the hour is flapping. A clock set back empties
 * the window rather than filling it for ever.
 */
export const turned = (was: Flaps, now: number, perHour: number): Required<Flaps> => {
  const turns = [...(was.turns ?? []).filter((at) => at > now - HOUR && at <= now), now].slice(
    -(perHour + 1),
  );
  return { turns, flapping: (was.flapping ?? false) || turns.length > perHour };
};

/** Half an hour without a turn ends it. */
export const steady = (was: Flaps, now: number): boolean =>
  was.flapping === true && Math.abs(now - (was.turns?.at(-1) ?? 0)) >= SETTLE_MS;
