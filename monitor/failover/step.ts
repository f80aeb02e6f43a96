import type { FailoverMode, FailoverReport } from "@second-server/contract/failover";
import type { Role } from "@second-server/contract/roles";

import { backNote, heldByLimit, movedByHand, orderFails, takenOver } from "./notes";
import type { FailoverEffect, FailoverRules, FailoverState } from "./state";

/** What happens to failover. Times are milliseconds since the epoch. */
export type FailoverEvent =
  /**
   * The primary's nginx was asked. `network`: two places outside answered this machine; asked only
   * where it did not.
   */
  | {
      readonly kind: "pinged";
      readonly ok: boolean;
      readonly began: number;
      readonly network: boolean;
    }
  /** The primary as a whole was asked. */
  | { readonly kind: "reached"; readonly ok: boolean }
  | { readonly kind: "mode"; readonly mode: FailoverMode }
  /** The primary is well again, by the word of whoever made it so. */
  | { readonly kind: "hand-back" }
  | { readonly kind: "reported"; readonly report: FailoverReport }
  /** Time has passed: comes once a second. */
  | { readonly kind: "tick" };

const HOUR_MS = 3_600_000;
/** An order that was not carried out is given again: soon at first, as nobody waits for long. */
const AGAIN_MS = 4000;
const LATER_MS = 30_000;
const SOON_MS = 120_000;

type Steps = readonly [FailoverState, readonly FailoverEffect[]];

/** Orders the names to a machine. The order is written down before it is given. */
const order = (state: FailoverState, to: Role, byHand: boolean, now: number): Steps => {
  const since = to === "watcher" ? (state.failingSince ?? state.since) : undefined;
  const next: FailoverState = {
    ...state,
    to,
    byHand,
    since,
    order: state.order + 1,
    askedAt: now,
    errorTold: undefined,
  };
  return [next, [given(next)]];
};

const given = ({ order: number, to, since, byHand }: FailoverState): FailoverEffect => ({
  kind: "order",
  order: { number, to, since, byHand },
});

const recent = (takeovers: readonly number[], now: number): readonly number[] =>
  takeovers.filter((at) => at <= now && now - at < HOUR_MS);

/** By itself, and only when sure. */
const decide = (rules: FailoverRules, state: FailoverState, now: number): Steps => {
  if (state.mode !== "auto" || rules.quiet !== undefined) return [state, []];
  if (state.to === "watcher")
    return state.good >= rules.backAfter ? order(state, "primary", false, now) : [state, []];
  const isDown = state.armed && state.failing >= rules.failAfter && !state.reached && state.network;
  if (!isDown) return [state, []];
  if (recent(state.takeovers, now).length < rules.perHour)
    return order({ ...state, limitTold: undefined }, "watcher", false, now);
  return state.limitTold
    ? [state, []]
    : [{ ...state, limitTold: true }, [heldByLimit(rules.perHour)]];
};

const pinged = (
  { backAfter }: FailoverRules,
  state: FailoverState,
  { ok, began, network }: Extract<FailoverEvent, { kind: "pinged" }>,
): FailoverState => {
  if (ok) {
    const good = state.good + 1;
    return {
      ...state,
      good,
      armed: state.armed || good >= backAfter,
      failing: 0,
      failingSince: undefined,
      limitTold: undefined,
    };
  }
  // A round in which this machine itself may have been cut off says nothing.
  if (!network)
    return {
      ...state,
      good: 0,
      failing: 0,
      failingSince: undefined,
      network,
    };
  return {
    ...state,
    good: 0,
    failing: state.failing + 1,
    failingSince: state.failingSince ?? began,
    network,
  };
};

/** The order was carried out; people are told once, each way. */
const carriedOut = (rules: FailoverRules, state: FailoverState, now: number): Steps => {
  const { to, active, byHand, takeovers } = state;
  const settled: FailoverState = { ...state, askedAt: undefined, errorTold: undefined };
  if (to === active) return [settled, []];
  const isTakeover = to === "watcher" && !byHand;
  const next: FailoverState = {
    ...settled,
    active: to,
    movedAt: now,
    takeovers: isTakeover ? [...recent(takeovers, now), now] : recent(takeovers, now),
  };
  return [next, [to === "watcher" ? takenOver(rules, next) : backNote(state, now)]];
};

const heard = (
  rules: FailoverRules,
  state: FailoverState,
  report: FailoverReport,
  now: number,
): Steps => {
  // Of an order that another one has overtaken.
  if (report.order !== state.order) return [state, []];
  if (report.error !== undefined)
    return state.askedAt === undefined || state.errorTold || report.passing
      ? [state, []]
      : [{ ...state, errorTold: true }, [orderFails(state.to, report.error)]];
  if (report.active !== state.to) return [state, []];
  if (state.askedAt !== undefined) return carriedOut(rules, state, now);
  return [state, report.moved.length === 0 ? [] : [movedByHand(state.to, report.moved)]];
};

const reported = (
  rules: FailoverRules,
  state: FailoverState,
  report: FailoverReport,
  now: number,
): Steps => {
  if (report.moved.length === 0) return heard(rules, state, report, now);
  if (report.at === state.movesHeard) return [state, []];
  const [next, effects] = heard(rules, state, report, now);
  return [{ ...next, movesHeard: report.at }, effects];
};

const again = (state: FailoverState, now: number): Steps => {
  const { askedAt, movedAt = 0, failingSince = movedAt } = state;
  if (askedAt === undefined) return [state, []];
  const pause = now - failingSince < SOON_MS ? AGAIN_MS : LATER_MS;
  // A clock that was set back ends the waiting.
  if (now >= askedAt && now - askedAt < pause) return [state, []];
  const next = { ...state, askedAt: now };
  return [next, [given(next)]];
};

const byMode = (state: FailoverState, mode: FailoverMode, now: number): Steps => {
  const chosen = { ...state, mode };
  const to = ({ on: "watcher", off: "primary" } as const)[mode as "on" | "off"];
  return to === undefined || to === state.to ? [chosen, []] : order(chosen, to, true, now);
};

const handBack = (state: FailoverState, now: number): Steps => {
  const next: FailoverState = state.mode === "on" ? { ...state, mode: "auto" } : state;
  return next.to === "primary" ? [next, []] : order(next, "primary", true, now);
};

const happen = (
  rules: FailoverRules,
  state: FailoverState,
  event: FailoverEvent,
  now: number,
): Steps => {
  switch (event.kind) {
    case "pinged":
      return decide(rules, pinged(rules, state, event), now);
    case "reached":
      return decide(rules, { ...state, reached: event.ok }, now);
    case "mode":
      return byMode(state, event.mode, now);
    case "hand-back":
      return handBack(state, now);
    case "reported":
      return reported(rules, state, event.report, now);
    case "tick":
      return again(state, now);
  }
};

/** What is worth a write: rounds alone are counted anew after a restart. */
const KEPT = [
  "mode",
  "to",
  "active",
  "order",
  "askedAt",
  "armed",
  "movedAt",
  "movesHeard",
  "takeovers",
] as const satisfies readonly (keyof FailoverState)[];
const isKept = (before: FailoverState, after: FailoverState): boolean =>
  KEPT.some((key) => before[key] !== after[key]);

/**
 * One step of failover, as a function: it does nothing itself, and gives back what it wants done.
 */
export const step = (
  rules: FailoverRules,
  state: FailoverState,
  event: FailoverEvent,
  now: number,
): Steps => {
  const [next, effects] = happen(rules, state, event, now);
  return [next, isKept(state, next) ? [{ kind: "keep", state: next }, ...effects] : effects];
};
