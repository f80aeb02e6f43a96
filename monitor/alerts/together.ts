import type { CheckState, Watched } from "./check-state";
import type { Draft } from "./draft";
import { isTop } from "./layers";

export type Failing = readonly [watched: Watched, state: CheckState];

/**
 * What fails for one reason at one time is one message. Where it failed is the reason, where that is
 * known; else the words are.
 */
const reasonOf = ([watched, state]: Failing): string => {
  const { stage, late, lastError, exhausted } = state;
  if (!isTop(watched) || exhausted === true) return `only ${watched.id}`;
  if (stage !== undefined && stage !== "answer") return stage;
  return late === true ? "late" : `says ${lastError ?? ""}`;
};

/** @returns those that are told together. */
export const byReason = (failing: readonly Failing[]): readonly (readonly Failing[])[] => {
  const groups = new Map<string, Failing[]>();
  for (const one of failing) {
    const reason = reasonOf(one);
    groups.set(reason, [...(groups.get(reason) ?? []), one]);
  }
  return [...groups.values()];
};

/**
 * Whether others are about to fire for the same reason: they are waited for, for one more round at
 * most.
 */
export const isGathering = (draft: Draft, group: readonly Failing[]): boolean => {
  const { now, rules, watched } = draft;
  const [first] = group;
  if (first === undefined) return false;
  const from = Math.min(...group.map(([, { firedAt = 0 }]) => firedAt));
  if (now < from || now - from >= rules.roundMs) return false;
  const reason = reasonOf(first);
  const ready = new Set(group.map(([{ id }]) => id));
  for (const other of watched.values()) {
    const state = draft.check(other.id);
    const isUntold = state.incident === undefined && state.heldBy === undefined;
    const isComing = state.lastOk === false && isUntold && state.newSince === undefined;
    if (isComing && !ready.has(other.id) && reasonOf([other, state]) === reason) return true;
  }
  return false;
};
