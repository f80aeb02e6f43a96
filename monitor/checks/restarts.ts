import type { HostFacts } from "@second-server/contract/reports";

/**
 * So many restarts by systemd itself within so long are a crash loop: one that dies every few
 * seconds or minutes, and one that dies every quarter of an hour.
 */
const CRASH_LOOPS = [
  { restarts: 3, withinMs: 5 * 60_000 },
  { restarts: 6, withinMs: 60 * 60_000 },
] as const;
const LONGEST_MS = 60 * 60_000;

interface Counted {
  /** systemd's count at the last look. It begins anew when somebody starts the unit. */
  readonly count: number;
  /** When it was seen to grow, once for each restart. */
  readonly at: readonly number[];
}

/** Restarts by unit, as a machine's looks at itself tell of them. */
export interface Restarts {
  seen(counts: HostFacts["restarts"], now: number): void;
  /** @returns what is wrong, or undefined. */
  crashLoop(unit: string, now: number): string | undefined;
}

const counted = (was: Counted | undefined, count: number, now: number): Counted => {
  // Somebody has started it: what was before is dealt with.
  if (was === undefined || count < was.count) return { count, at: [] };
  const recent = was.at.filter((at) => at <= now && now - at < LONGEST_MS);
  const grown = Math.min(count - was.count, 100);
  return { count, at: [...recent, ...Array<number>(grown).fill(now)].slice(-100) };
};

export const createRestarts = (): Restarts => {
  const units = new Map<string, Counted>();
  return {
    seen: (counts = {}, now) => {
      for (const unit of units.keys()) if (!(unit in counts)) units.delete(unit);
      for (const [unit, count] of Object.entries(counts))
        if (Number.isSafeInteger(count)) units.set(unit, counted(units.get(unit), count, now));
    },
    crashLoop: (unit, now) => {
      const at = units.get(unit)?.at ?? [];
      for (const { restarts, withinMs } of CRASH_LOOPS) {
        const times = at.filter((one) => now - one < withinMs).length;
        if (times >= restarts)
          return `crash loop: ${unit} ended by itself and was started again ${times} times within ${withinMs / 60_000} minutes`;
      }
      return undefined;
    },
  };
};
