import type { Outcome } from "../checks/outcome";
import { withWatched, type AlertState } from "./alert-state";
import { announceReady, worsen } from "./announce";
import type { CheckState, Watched } from "./check-state";
import { createDraft, type AlertRules, type Draft } from "./draft";
import type { Effect } from "./effects";
import { withEvidence } from "./evidence";
import type { EventKind, Incident } from "./incident";
import { mayExplain } from "./layers";
import { tellOwed } from "./owed";
import { remind } from "./remind";
import { closeUnwatched, freeAbove, resolve } from "./resolve";
import { countRun, intermittence, type Streak } from "./streak";

/** What happens to alerting. Times are milliseconds since the epoch. */
export type AlertEvent =
  /** A check has run; `began` is the wall clock at its start. */
  | {
      readonly kind: "ran";
      readonly check: string;
      readonly began: number;
      readonly outcome: Outcome;
    }
  /** Time has passed: comes once a second. */
  | { readonly kind: "tick" }
  | { readonly kind: "acknowledge"; readonly incident: number; readonly by: string }
  | {
      readonly kind: "snooze";
      readonly incident: number;
      readonly by: string;
      readonly until: number;
    }
  /** The list of checks is this one from now on. */
  | { readonly kind: "checks"; readonly watched: readonly Watched[] };

/**
 * Since when it fails: the first failure of the streak, or of the incident that a pass has not
 * resolved yet.
 */
const failingSince = (
  was: CheckState,
  ok: boolean,
  firing: boolean,
  began: number,
): number | undefined => {
  if (ok && !firing) return undefined;
  return was.firing || was.lastOk === false ? (was.since ?? began) : began;
};

/** What is set up for the first time has never passed. */
const newSince = (was: CheckState, ok: boolean, began: number): number | undefined => {
  if (ok) return undefined;
  return was.lastOk === undefined ? began : was.newSince;
};

const afterRun = (
  was: CheckState,
  streak: Streak,
  began: number,
  { result, ms, detail, error, exhausted, stage, late }: Outcome,
  now: number,
): CheckState => {
  const ok = result === "pass";
  const fires = streak.firing && !was.firing;
  // Until it is resolved, what stands on it is held for the reason that it had.
  const recovering = streak.firing ? was : undefined;
  return {
    ...was,
    ...streak,
    lastAt: began,
    lastMs: ms,
    detail,
    since: failingSince(was, ok, streak.firing, began),
    lastError: error ?? was.lastError,
    firedAt: fires ? now : was.firedAt,
    exhausted: (ok ? streak.firing && was.exhausted : exhausted) || undefined,
    stage: ok ? recovering?.stage : stage,
    late: ok ? recovering?.late : late,
    newSince: newSince(was, ok, began),
  };
};

/** Asks those that may be the reason, unless they have been asked since. */
const askBelow = (draft: Draft, upper: Watched, since: number): void => {
  const state = draft.check(upper.id);
  const stale = draft.bases.filter(
    (lower) => mayExplain(lower, upper, state) && (draft.check(lower.id).lastAt ?? 0) < since,
  );
  draft.hurry(stale.map(({ id }) => id));
};

const ran = (draft: Draft, id: string, began: number, found: Outcome): void => {
  const watched = draft.watched.get(id);
  if (watched === undefined) return;
  const outcome = withEvidence(draft, watched, found);
  if (outcome.result === "unknown") return;
  const was = draft.check(id);
  const ok = outcome.result === "pass";
  // A full disk is no matter of luck, and what it explains would be told before it.
  const rule = outcome.exhausted ? { ...watched.rule, failAfter: 1 } : watched.rule;
  const [streak, turn] = countRun(was, ok, rule);
  const often = turn === "firing" ? intermittence(was, streak.streak, rule) : "";
  const error = outcome.error === undefined ? undefined : `${outcome.error}${often}`;
  draft.keep(id, afterRun(was, streak, began, { ...outcome, error }, draft.now));
  if (!ok && was.lastOk !== false) askBelow(draft, watched, began);
  // What a cache knew at the first failure may be forgotten by now.
  else if (!ok && outcome.stage !== undefined && (turn === "firing" || outcome.stage === "name"))
    askBelow(draft, watched, turn === "firing" ? draft.now : began);
  if (turn === "resolved") resolve(draft, watched, was);
  else if (outcome.exhausted) worsen(draft, watched);
  else if (!ok && was.exhausted) freeAbove(draft, watched);
  announceReady(draft);
};

const mark = (
  draft: Draft,
  id: number,
  kind: EventKind,
  text: string,
  change: Partial<Incident>,
): void => {
  const named = draft.incident(id);
  if (named === undefined) return;
  // Who answers a message answers all that it told of.
  const isMeant = ({ id: its, group }: Incident): boolean =>
    its === id || (group !== undefined && group === named.group);
  for (const incident of draft.open().filter(isMeant)) {
    draft.put({ ...incident, ...change });
    draft.event(incident.id, kind, text);
  }
};

const happen = (draft: Draft, event: AlertEvent): void => {
  switch (event.kind) {
    case "ran":
      return ran(draft, event.check, event.began, event.outcome);
    case "tick":
      announceReady(draft);
      remind(draft);
      tellOwed(draft);
      return;
    case "acknowledge":
      return mark(draft, event.incident, "acknowledged", event.by, {
        acknowledged: { at: draft.now, by: event.by },
        snoozedUntil: undefined,
      });
    case "snooze": {
      const until = new Date(event.until).toISOString();
      return mark(draft, event.incident, "snoozed", `until ${until} by ${event.by}`, {
        snoozedUntil: event.until,
      });
    }
    case "checks":
      return closeUnwatched(draft);
  }
};

/**
 * One step of alerting, as a function: it does nothing itself, and gives back what it wants done.
 */
export const step = (
  rules: AlertRules,
  state: AlertState,
  event: AlertEvent,
  now: number,
): readonly [AlertState, readonly Effect[]] => {
  const before = event.kind === "checks" ? withWatched(state, event.watched) : state;
  const draft = createDraft(rules, before, now);
  happen(draft, event);
  return draft.done();
};
