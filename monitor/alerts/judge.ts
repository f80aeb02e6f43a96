import type { CheckState, Watched } from "./check-state";
import { explains, mayExplain } from "./layers";

export type Verdict =
  | { readonly kind: "announce" }
  | { readonly kind: "wait" }
  | { readonly kind: "held"; readonly by: string };

/** What has never passed is being set up; so long it may take before that is an alert. */
const SET_UP_MS = 5 * 60_000;

/**
 * A check fires: is it the lowest broken thing? It waits while a lower check that may be the reason
 * is failing, or has not been asked again since this one began to fail (or, where the failure names
 * its layer, since it fires), but not for longer than `patienceMs`. A clock that was set back ends
 * the waiting.
 */
export const judge = (
  upper: Watched,
  state: CheckState,
  lowers: readonly (readonly [Watched, CheckState])[],
  now: number,
  patienceMs: number,
): Verdict => {
  const { firedAt = now, since = firedAt, newSince, stage } = state;
  const within = (from: number, ms: number): boolean => now >= from && now - from < ms;
  if (newSince !== undefined && within(newSince, SET_UP_MS)) return { kind: "wait" };
  const broken = lowers.find(([lower, low]) => low.firing && explains(lower, low, upper, state));
  if (broken) return { kind: "held", by: broken[0].id };
  const askedBy = stage === undefined ? since : firedAt;
  const unsure = lowers.some(
    ([lower, low]) =>
      (mayExplain(lower, upper, state) && (low.lastAt ?? 0) < askedBy) ||
      (low.lastOk === false && explains(lower, low, upper, state)),
  );
  return unsure && within(firedAt, patienceMs) ? { kind: "wait" } : { kind: "announce" };
};
