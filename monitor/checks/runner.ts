import type { Check } from "../../config/monitor";
import type { Clock } from "../adapters/clock";
import type { Outcome } from "./outcome";
import { Schedule } from "./schedule";

export interface Paced { readonly check: Check; readonly intervalMs: number; readonly timeoutMs: number }

export interface RunnerDeps {
  readonly clock: Clock;
  readonly perform: (check: Check, timeoutMs: number) => Promise<Outcome>;
  /** Is this machine's own network up? Asked before a failure is believed. */
  readonly networkUp: () => Promise<boolean>;
  /** @returns whether it failed and has to be confirmed. */
  readonly took: (check: Check, began: number, outcome: Outcome) => boolean;
  readonly random?: () => number;
}

/** A failure is confirmed a third sooner than the next turn would come, so that an outage is told sooner; a service that restarts still has its time. */
const confirmAfter = 2 / 3;

/** Kinds that look at this machine or wait to be told: the network has no part in them. */
const local: ReadonlySet<Check["kind"]> = new Set(["heartbeat", "unit", "host", "backup"]);

/** Runs each check on its timer and hands over what it found. */
export class Runner {
  readonly schedule: Schedule;
  readonly #runs = new Map<string, number>();
  #loaded = new Map<string, string>();
  #lastRun: number;

  constructor(readonly deps: RunnerDeps) {
    this.schedule = new Schedule(deps.clock, deps.random);
    this.#lastRun = deps.clock.monotonic();
  }

  /** Runs of a check since it was loaded. */
  runs(id: string): number { return this.#runs.get(id) ?? 0; }
  sinceLastRunMs(): number { return this.deps.clock.monotonic() - this.#lastRun; }
  stop(): void { this.schedule.stop(); }

  /** Takes this list instead of the one before: unchanged checks keep their timers, so a reload leaves no gap. */
  load(list: readonly Paced[]): void {
    const next = new Map(list.map((paced) => [paced.check.id, JSON.stringify(paced)]));
    for (const id of this.#loaded.keys()) {
      if (next.has(id)) continue;
      this.schedule.remove(id);
      this.#runs.delete(id);
    }
    for (const paced of list) {
      if (this.#loaded.get(paced.check.id) === next.get(paced.check.id)) continue;
      this.#runs.delete(paced.check.id);
      this.schedule.add({ id: paced.check.id, intervalMs: paced.intervalMs, run: () => this.#run(paced) });
    }
    this.#loaded = next;
  }

  async #run({ check, timeoutMs, intervalMs }: Paced): Promise<void> {
    const loaded = this.#loaded.get(check.id);
    const began = this.deps.clock.now();
    const outcome = await this.deps.perform(check, timeoutMs);
    const believed = outcome.result !== "fail" || local.has(check.kind) || (await this.deps.networkUp()) ? outcome : { ...outcome, result: "unknown" as const };
    this.#lastRun = this.deps.clock.monotonic();
    if (this.#loaded.get(check.id) !== loaded) return;
    this.#runs.set(check.id, this.runs(check.id) + 1);
    if (this.deps.took(check, began, believed)) this.schedule.soon(check.id, Math.max(0, intervalMs * confirmAfter - (this.deps.clock.now() - began)));
  }
}
