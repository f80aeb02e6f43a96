import type { Check } from "@second-server/contract/observatory";

import type { Clock } from "../adapters/clock";
import type { Outcome } from "./outcome";
import type { Pulse } from "./pulse";
import { Schedule } from "./schedule";

export interface Paced {
  readonly check: Check;
  readonly intervalMs: number;
  readonly timeoutMs: number;
}

export interface RunnerDeps {
  readonly clock: Clock;
  readonly perform: (check: Check, timeoutMs: number) => Promise<Outcome>;
  /** Is this machine's own network up? Asked before a failure is believed. */
  readonly networkUp: () => Promise<boolean>;
  readonly pulse: Pulse;
  /** @returns whether it failed and has to be confirmed. */
  readonly took: (check: Check, began: number, outcome: Outcome) => boolean;
  readonly random?: () => number;
}

/** A failure is confirmed a third sooner than the next turn would come, so that an outage is told sooner; a service that restarts still has its time. */
const CONFIRM_AFTER = 2 / 3;

/** Kinds that look at this machine or wait to be told: the network has no part in them. */
const local: ReadonlySet<Check["kind"]> = new Set(["heartbeat", "unit", "host", "backup"]);
/** Kinds that compare instants: a clock that jumped, or reports that came while this program stood still, make them guess. */
const byCalendar: ReadonlySet<Check["kind"]> = new Set([
  "heartbeat",
  "unit",
  "host",
  "backup",
  "certificate",
]);
/** Held up for more than this share of a run, this program can't tell whose silence it was. */
const HELD_UP_SHARE = 0.1;
/** So many silences in a row are left uncounted for that reason. Then they count, if each run had half of its time, or if others answered at the same time. */
const DOUBTS = 3;
const HALF_SHARE = 0.5;

/** Silences of one check in a row that were not counted, and what was seen of the others when they began. */
interface Doubted {
  readonly times: number;
  readonly halfTime: boolean;
  readonly answers: number;
  readonly silences: number;
}

/** Runs each check on its timer and hands over what it found. */
export class Runner {
  readonly schedule: Schedule;
  readonly #runs = new Map<string, number>();
  readonly #doubted = new Map<string, Doubted>();
  /** Of checks over the network: what was answered, and what was not while this program was held up. */
  #answers = 0;
  #silences = 0;
  #uncounted = 0;
  #loaded = new Map<string, string>();
  #lastRun: number;

  constructor(readonly deps: RunnerDeps) {
    this.schedule = new Schedule(deps.clock, deps.random);
    this.#lastRun = deps.clock.monotonic();
  }

  /** Runs of a check since it was loaded. */
  runs(id: string): number {
    return this.#runs.get(id) ?? 0;
  }
  /** Failures that say nothing, because this program was held up itself. */
  uncounted(): number {
    return this.#uncounted;
  }
  sinceLastRunMs(): number {
    return this.deps.clock.monotonic() - this.#lastRun;
  }
  stop(): void {
    this.schedule.stop();
  }

  /** Takes this list instead of the one before: unchanged checks keep their timers, so a reload leaves no gap. */
  load(list: readonly Paced[]): void {
    const next = new Map(list.map((paced) => [paced.check.id, JSON.stringify(paced)]));
    for (const id of this.#loaded.keys()) {
      if (next.has(id)) continue;
      this.schedule.remove(id);
      this.#runs.delete(id);
      this.#doubted.delete(id);
    }
    for (const paced of list) {
      if (this.#loaded.get(paced.check.id) === next.get(paced.check.id)) continue;
      this.#runs.delete(paced.check.id);
      this.schedule.add({
        id: paced.check.id,
        intervalMs: paced.intervalMs,
        run: () => this.#run(paced),
      });
    }
    this.#loaded = next;
  }

  async #run({ check, timeoutMs, intervalMs }: Paced): Promise<void> {
    const loaded = this.#loaded.get(check.id);
    const [began, from] = [this.deps.clock.now(), this.deps.clock.monotonic()];
    const believed = await this.#believed(check, await this.deps.perform(check, timeoutMs), from);
    this.#lastRun = this.deps.clock.monotonic();
    if (this.#loaded.get(check.id) !== loaded) return;
    this.#runs.set(check.id, this.runs(check.id) + 1);
    if (this.deps.took(check, began, believed))
      this.schedule.soon(
        check.id,
        Math.max(0, intervalMs * CONFIRM_AFTER - (this.deps.clock.now() - began)),
      );
  }

  /** A failure that may be this machine's own is "unknown": it counts neither way. */
  async #believed(check: Check, outcome: Outcome, from: number): Promise<Outcome> {
    if (outcome.result !== "fail") {
      this.#doubted.delete(check.id);
      if (outcome.result === "pass" && !local.has(check.kind)) this.#answers += 1;
      return outcome;
    }
    const { pulse, networkUp } = this.deps;
    const doubt = outcome.late
      ? this.#heldUp(check.id, from)
      : byCalendar.has(check.kind) && pulse.unsettled()
        ? "the monitor's clock jumped or it stood still a short time ago"
        : undefined;
    if (doubt !== undefined) {
      this.#uncounted += 1;
      return {
        ...outcome,
        result: "unknown",
        error: `not counted, as ${doubt}: ${outcome.error ?? ""}`,
      };
    }
    return local.has(check.kind) || (await networkUp())
      ? outcome
      : { ...outcome, result: "unknown" };
  }

  /** Whether this program was held up so much that it can't tell whose silence it was. It must not go on like that for ever: a service that really hangs would never be told. */
  #heldUp(id: string, from: number): string | undefined {
    const { clock, pulse } = this.deps;
    const heldUp = pulse.heldUpMs(from);
    const share = heldUp / (clock.monotonic() - from);
    if (!(share > HELD_UP_SHARE)) return undefined;
    this.#silences += 1;
    const was = this.#doubted.get(id) ?? {
      times: 0,
      halfTime: true,
      answers: this.#answers,
      silences: this.#silences - 1,
    };
    const now: Doubted = {
      ...was,
      times: was.times + 1,
      halfTime: was.halfTime && share <= HALF_SHARE,
    };
    this.#doubted.set(id, now);
    const othersAnswer = this.#answers - now.answers >= 2 * (this.#silences - now.silences);
    return now.times > DOUBTS && (now.halfTime || othersAnswer)
      ? undefined
      : `the monitor itself was held up for ${(heldUp / 1000).toFixed(1)} s`;
  }
}
