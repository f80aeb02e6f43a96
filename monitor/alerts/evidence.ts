import type { Outcome } from "../checks/outcome";
import type { Watched } from "./check-state";
import type { Draft } from "./draft";
import { explains } from "./layers";

const NAMED = 5;

/**
 * The check of names asks for one, which a resolver may answer from its memory for as long as the
 * record allows. While another name of the zone can't be resolved, that is no pass.
 */
export const withEvidence = (draft: Draft, lower: Watched, outcome: Outcome): Outcome => {
  if (lower.layer !== "dns" || outcome.result !== "pass") return outcome;
  const lost = [...draft.watched.values()].flatMap((upper) => {
    const state = draft.check(upper.id);
    const isLost = state.lastOk === false && state.stage === "name";
    return isLost && explains(lower, {}, upper, state) ? [[upper.id, state.lastError]] : [];
  });
  const [first] = lost;
  if (first === undefined) return outcome;
  const names = lost.slice(0, NAMED).map(([id]) => id);
  const more = lost.length > NAMED ? ` and ${lost.length - NAMED} more` : "";
  const error = `${names.join(", ")}${more}: ${first[1] ?? "name not resolved"}`;
  return { ...outcome, result: "fail", error, stage: "name" };
};
