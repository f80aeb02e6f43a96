import type { Outcome } from "../checks/outcome";
import type { Watched } from "./check-state";
import type { Draft } from "./draft";
import { explains } from "./layers";

const NAMED = 5;

/**
 * The check of names asks for one, which a resolver may answer from its memory for as long as the
 * record allows. While another name of the zone can't be resolved, that is no pass. One that was not
 * asked again since the last look, and has not failed often, is asked first: a single failure of a
 * check that runs once a minute would be counted at each look.
 */
export const withEvidence = (draft: Draft, lower: Watched, outcome: Outcome): Outcome => {
  if (lower.layer !== "dns" || outcome.result !== "pass") return outcome;
  const { lastAt = 0 } = draft.check(lower.id);
  const lost = [...draft.watched.values()]
    .map((upper) => ({ upper, state: draft.check(upper.id) }))
    .filter(({ upper, state }) => {
      const isLost = state.lastOk === false && state.stage === "name";
      return isLost && explains(lower, {}, upper, state);
    })
    .map((one) => ({ ...one, isOld: (one.state.lastAt ?? 0) < lastAt }));
  const [first] = lost;
  if (first === undefined) return outcome;
  draft.hurry(lost.filter(({ isOld }) => isOld).map(({ upper }) => upper.id));
  if (lost.every(({ isOld, state }) => isOld && !state.firing))
    return { ...outcome, result: "unknown" };
  const names = lost.slice(0, NAMED).map(({ upper }) => upper.id);
  const more = lost.length > NAMED ? ` and ${lost.length - NAMED} more` : "";
  const error = `${names.join(", ")}${more}: ${first.state.lastError ?? "name not resolved"}`;
  return { ...outcome, result: "fail", error, stage: "name" };
};
