import type { Watched, CheckState } from "./check-state";
import type { Draft } from "./draft";
import { turned } from "./flaps";
import type { Cleared, Incident } from "./incident";
import { isBase, mayExplain } from "./layers";
import { unwatchedMessage, upMessage } from "./messages";
import { othersOf, sendTogether } from "./owed";
import { outage, tellFlapping } from "./tell";

/**
 * Closes it. The all-clears of a group leave together: until its last one is well they are kept by
 * those that are not. `alone`: tells of this one where there are no others.
 */
const close = (
  draft: Draft,
  incident: Incident,
  text: string,
  own?: { readonly cleared: Cleared; readonly alone: () => void },
): void => {
  draft.put({ ...incident, owed: undefined, closed: draft.now });
  draft.event(incident.id, "resolved", text);
  const before = incident.owed ?? [];
  const owed = own === undefined ? before : [...before, own.cleared];
  const [keeper] = othersOf(draft, incident);
  if (keeper !== undefined && owed.length > 0)
    draft.put({ ...keeper, owed: [...(keeper.owed ?? []), ...owed] });
  else if (own !== undefined && before.length === 0) own.alone();
  else if (owed.length > 0) sendTogether(draft, incident, owed, []);
};

/** What was told of is cleared, too, where it is no longer looked at. */
export const closeUnwatched = (draft: Draft): void => {
  const { rules, now } = draft;
  for (const { id, check } of draft.open()) {
    // One that was closed before it in this step may have left it something.
    const incident = draft.incident(id);
    if (incident === undefined || draft.watched.has(check)) continue;
    const { name, opened: since, told } = incident;
    const text = "no longer watched";
    const alone = (): void =>
      draft.send(unwatchedMessage(rules.fleet, name, since, rules.link(id, now), now));
    const cleared = { name, since, until: now, error: text };
    close(draft, incident, text, told === undefined ? undefined : { cleared, alone });
  }
};

/**
 * What was silent because of this one has to fail anew, all its times, before it is an alert of its
 * own.
 */
export const freeAbove = (draft: Draft, lower: Watched): void => {
  if (!isBase(lower)) return;
  for (const upper of draft.watched.values()) {
    const state = draft.check(upper.id);
    const wasHeld = state.heldBy === lower.id || mayExplain(lower, upper, state);
    if (!state.firing || state.incident !== undefined || !wasHeld) continue;
    draft.keep(upper.id, {
      ...state,
      firing: false,
      streak: 0,
      recent: undefined,
      since: state.lastOk === false ? draft.now : undefined,
      heldBy: undefined,
      firedAt: undefined,
    });
  }
};

/** @returns how often it has turned within the hour; what nobody was told of is no turn. */
const turnsOf = (
  draft: Draft,
  was: CheckState,
  incident: Incident | undefined,
): Pick<CheckState, "turns" | "flapping"> =>
  incident?.told === undefined && was.flapping !== true
    ? { turns: was.turns, flapping: was.flapping }
    : turned(was, draft.now, draft.rules.flapsPerHour);

/** It is well again. `was`: its state before this run. */
export const resolve = (draft: Draft, watched: Watched, was: CheckState): void => {
  const { now } = draft;
  const incident = draft.incident(was.incident);
  const flaps = turnsOf(draft, was, incident);
  draft.keep(watched.id, {
    ...draft.check(watched.id),
    ...flaps,
    incident: undefined,
    since: undefined,
    firedAt: undefined,
    heldBy: undefined,
  });
  if (incident !== undefined) {
    const { name, opened: since, told } = incident;
    const error = was.lastError ?? incident.error;
    const above = incident.above.map((one) => ({ name: one }));
    const own = {
      cleared: { name, since, until: now, error },
      alone: () => draft.send(upMessage(outage(draft, watched, incident, error), above, now)),
    };
    const begins = flaps.flapping === true && was.flapping !== true;
    const isTold = told !== undefined && flaps.flapping !== true && was.flapping !== true;
    close(draft, incident, "", isTold ? own : undefined);
    if (begins) tellFlapping(draft, watched, incident, error, flaps.turns?.length ?? 0);
  }
  freeAbove(draft, watched);
};
