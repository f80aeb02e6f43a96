import type { Check } from "@second-server/contract/check-settings";

import type { Clock } from "../adapters/clock";
import { createDoubts } from "./doubts";
import type { EventLoopLag } from "./event-loop-lag";
import type { Outcome } from "./outcome";
import type { Schedule } from "./schedule";

export interface Paced {
  readonly check: Check;
  readonly intervalMs: number;
  readonly timeoutMs: number;
}

export interface RunnerDeps {
  readonly clock: Clock;
  readonly schedule: Schedule;
  readonly perform: (check: Check, timeoutMs: number) => Promise<Outcome>;
  /** Is this machine's own network up? Asked before a failure is believed. */
  readonly networkUp: () => Promise<boolean>;
  readonly lag: EventLoopLag;
  /** @returns whether it failed and has to be confirmed. */
  readonly took: (check: Check, began: number, outcome: Outcome) => boolean;
}

/** Runs each check on its timer and hands over what it found. */
export interface Runner {
  /**
   * Takes this list instead of the one before: unchanged checks keep their timers, so a reload
   * leaves no gap.
   */
  load(list: readonly Paced[]): void;
  /** Runs of a check since it was loaded. */
  runs(id: string): number;
  /** Failures that say nothing, because this program was held up itself. */
  uncounted(): number;
  sinceLastRunMs(): number;
  stop(): void;
}

/**
 * A failure is confirmed a third sooner than the next turn would come, so that an outage is told
 * sooner; a service that restarts still has its time.
 */
const CONFIRM_AFTER = 2 / 3;

export const createRunner = (deps: RunnerDeps): Runner => {
  const { clock, schedule, perform, took } = deps;
  const doubts = createDoubts(deps);
  const runs = new Map<string, number>();
  /** What was loaded, as text, by the check's id. */
  let loaded: ReadonlyMap<string, string> = new Map();
  let lastRun = clock.monotonic();

  const run = async ({ check, timeoutMs, intervalMs }: Paced): Promise<void> => {
    const version = loaded.get(check.id);
    const [began, from] = [clock.now(), clock.monotonic()];
    const outcome = await doubts.believed(check, await perform(check, timeoutMs), from);
    lastRun = clock.monotonic();
    if (loaded.get(check.id) !== version) return;
    runs.set(check.id, (runs.get(check.id) ?? 0) + 1);
    if (!took(check, began, outcome)) return;
    const sinceBegan = clock.now() - began;
    schedule.soon(check.id, Math.max(0, intervalMs * CONFIRM_AFTER - sinceBegan));
  };
  const unload = (id: string): void => {
    schedule.remove(id);
    runs.delete(id);
    doubts.forget(id);
  };
  return {
    load: (list) => {
      const next = new Map(list.map((paced) => [paced.check.id, JSON.stringify(paced)]));
      for (const id of loaded.keys()) if (!next.has(id)) unload(id);
      for (const paced of list) {
        const { check, intervalMs } = paced;
        if (loaded.get(check.id) === next.get(check.id)) continue;
        runs.delete(check.id);
        schedule.add({ id: check.id, intervalMs, run: () => run(paced) });
      }
      loaded = next;
    },
    runs: (id) => runs.get(id) ?? 0,
    uncounted: doubts.uncounted,
    sinceLastRunMs: () => clock.monotonic() - lastRun,
    stop: schedule.stop,
  };
};
