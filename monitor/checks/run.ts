import type { Check } from "@second-server/contract/check-settings";

import { monotonic } from "../adapters/clock";
import type { Reports } from "./check-kind";
import { kindOf } from "./kinds";
import { Exhausted, explain, isLate, type Outcome, Unsure } from "./outcome";
import { stageOf } from "./stage";

const look = async (
  check: Check,
  timeoutMs: number,
  reports?: Reports,
): Promise<string | undefined> => {
  const kind = kindOf(check);
  if (kind.source !== "reports") return kind.run(check, timeoutMs, reports);
  if (reports === undefined)
    throw new Error(`a ${check.kind} check needs the Observatory, which is told`);
  return kind.judge(check, reports);
};

/**
 * Never throws and never takes much longer than the timeout. `reports`: for the kinds that wait to
 * be told.
 */
export const runCheck = async (
  check: Check,
  timeoutMs: number,
  reports?: Reports,
): Promise<Outcome> => {
  const began = monotonic();
  /** What was reported was there already. */
  const ms = (): number =>
    kindOf(check).source === "reports" ? 0 : Math.round((monotonic() - began) * 10) / 10;
  try {
    const detail = await look(check, timeoutMs, reports);
    return { result: "pass", ms: ms(), detail };
  } catch (error) {
    return {
      result: error instanceof Unsure ? "unknown" : "fail",
      ms: ms(),
      error: explain(error),
      late: isLate(error) || undefined,
      stage: stageOf(error),
      exhausted: error instanceof Exhausted || undefined,
    };
  }
};
