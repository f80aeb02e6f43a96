import { outage } from "./announce";
import type { Draft } from "./draft";
import type { Incident } from "./incident";
import { covering } from "./maintenance";
import { downMessage, reminderMessage } from "./messages";

/** When the next message about it is due; never, once somebody has acknowledged it. */
const dueAt = ({ snoozedUntil, acknowledged }: Incident, told: number, remindMs: number): number =>
  snoozedUntil ?? (remindMs > 0 && acknowledged === undefined ? told + remindMs : Infinity);

/** Tells what outlasted its maintenance, and reminds of what has lasted for long. */
export const remind = (draft: Draft, incident: Incident): void => {
  const { rules, now } = draft;
  const watched = draft.watched.get(incident.check);
  const state = draft.check(incident.check);
  // What passes again is about to resolve: an all-clear would follow on the heels of this.
  if (
    watched === undefined ||
    state.lastOk === true ||
    state.flapping ||
    covering(rules.maintenance(now), watched) !== undefined
  )
    return;
  const told = outage(draft, watched, incident, state.lastError ?? incident.error);
  const above = incident.above.map((name) => ({ name }));
  if (incident.told === undefined) {
    draft.put({ ...incident, told: now, quiet: undefined });
    draft.event(incident.id, "told", "");
    draft.send(downMessage(told, above, now));
  } else if (now >= dueAt(incident, incident.told, rules.remindMs)) {
    draft.put({ ...incident, told: now, snoozedUntil: undefined });
    draft.event(incident.id, "reminded", "");
    draft.send(reminderMessage(told, above, now));
  }
};
