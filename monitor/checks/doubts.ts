import type { Check } from "@second-server/contract/check-settings";

import type { Clock } from "../adapters/clock";
import type { EventLoopLag } from "./event-loop-lag";
import { kindOf } from "./kinds";
import type { Outcome } from "./outcome";

/** The network has no part in what is looked at here or waits to be told. */
const isLocal = (check: Check): boolean => kindOf(check).source !== "network";
/** Held up for more than this share of a run, this program can't tell whose silence it was. */
const HELD_UP_SHARE = 0.1;
/**
 * So many silences in a row are left uncounted for that reason. Then they count, if each run had
 * half of its time, or if others answered at the same time.
 */
const DOUBTS = 3;
const HALF_SHARE = 0.5;

/**
 * Silences of one check in a row that were not counted, and what was seen of the others when they
 * began.
 */
interface Doubted {
  readonly times: number;
  readonly halfTime: boolean;
  readonly answers: number;
  readonly silences: number;
}

/** Tells failures of the other side from those of this machine. */
export interface Doubts {
  /**
   * A failure that may be this machine's own becomes "unknown": it counts neither way. `from`: when
   * the run began, monotonic.
   */
  believed(check: Check, outcome: Outcome, from: number): Promise<Outcome>;
  forget(id: string): void;
  /** Failures that say nothing, because this program was held up itself. */
  readonly uncounted: () => number;
}

export const createDoubts = (deps: {
  readonly clock: Clock;
  readonly lag: EventLoopLag;
  readonly networkUp: () => Promise<boolean>;
}): Doubts => {
  const { clock, lag, networkUp } = deps;
  const doubted = new Map<string, Doubted>();
  /**
   * Of checks over the network: what was answered, and what was not while this program was held up.
   */
  let [answers, silences, uncounted] = [0, 0, 0];

  /**
   * Why this silence may be our own. It must not go on like that for ever: a service that really
   * hangs would never be told.
   */
  const heldUp = (id: string, from: number): string | undefined => {
    const ms = lag.heldUpMs(from);
    const share = ms / (clock.monotonic() - from);
    if (!(share > HELD_UP_SHARE)) return undefined;
    silences += 1;
    const was = doubted.get(id) ?? { times: 0, halfTime: true, answers, silences: silences - 1 };
    const now: Doubted = {
      ...was,
      times: was.times + 1,
      halfTime: was.halfTime && share <= HALF_SHARE,
    };
    doubted.set(id, now);
    const othersAnswer = answers - now.answers >= 2 * (silences - now.silences);
    return now.times > DOUBTS && (now.halfTime || othersAnswer)
      ? undefined
      : `the monitor itself was held up for ${(ms / 1000).toFixed(1)} s`;
  };
  const doubtOf = (check: Check, outcome: Outcome, from: number): string | undefined => {
    if (outcome.late) return heldUp(check.id, from);
    return kindOf(check).byCalendar === true && lag.unsettled()
      ? "the monitor's clock jumped or it stood still a short time ago"
      : undefined;
  };
  return {
    forget: (id) => void doubted.delete(id),
    uncounted: () => uncounted,
    believed: async (check, outcome, from) => {
      if (outcome.result !== "fail") {
        doubted.delete(check.id);
        if (outcome.result === "pass" && !isLocal(check)) answers += 1;
        return outcome;
      }
      const doubt = doubtOf(check, outcome, from);
      if (doubt !== undefined) {
        uncounted += 1;
        const error = `not counted, as ${doubt}: ${outcome.error ?? ""}`;
        return { ...outcome, result: "unknown", error };
      }
      return isLocal(check) || (await networkUp()) ? outcome : { ...outcome, result: "unknown" };
    },
  };
};
