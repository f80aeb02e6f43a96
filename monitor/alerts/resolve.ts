import { outage, tellFlapping } from "./announce";
import { below, isTop, type CheckState, type Watched } from "./check-state";
import type { Draft } from "./draft";
import { turned } from "./flaps";
import type { Incident } from "./incident";
import { upMessage } from "./messages";

export const close = (draft: Draft, incident: Incident, text: string): void => {
  draft.put({ ...incident, closed: draft.now });
  draft.event(incident.id, "resolved", text);
};

/**
 * What was silent because of this one has to fail anew, all its times, before it is an alert of its
 * own.
 */
export const freeAbove = (draft: Draft, lower: Watched): void => {
  if (isTop(lower) && lower.check.kind !== "host") return;
  for (const upper of draft.watched.values()) {
    const state = draft.check(upper.id);
    const wasHeld = below(lower, upper) || state.heldBy === lower.id;
    if (!state.firing || state.incident !== undefined || !wasHeld) continue;
    draft.keep(upper.id, {
      ...state,
      firing: false,
      streak: 0,
      since: state.lastOk === false ? draft.now : undefined,
      heldBy: undefined,
      firedAt: undefined,
    });
  }
};

/** It is well again. `was`: its state before this run. */
export const resolve = (draft: Draft, watched: Watched, was: CheckState): void => {
  const { rules, now } = draft;
  const incident = draft.incident(was.incident);
  const flaps =
    incident === undefined
      ? { turns: was.turns, flapping: was.flapping }
      : turned(was, now, rules.flapsPerHour);
  draft.keep(watched.id, {
    ...draft.check(watched.id),
    ...flaps,
    incident: undefined,
    since: undefined,
    firedAt: undefined,
    heldBy: undefined,
  });
  if (incident !== undefined) {
    close(draft, incident, "");
    const error = was.lastError ?? incident.error;
    const above = incident.above.map((name) => ({ name }));
    if (flaps.flapping && was.flapping !== true)
      tellFlapping(draft, watched, incident, error, flaps.turns?.length ?? 0);
    else if (incident.told !== undefined && was.flapping !== true)
      draft.send(upMessage(outage(draft, watched, incident, error), above, now));
  }
  freeAbove(draft, watched);
};
