import type { Draft } from "./draft";
import type { Incident } from "./incident";
import { covering } from "./maintenance";
import { tellAgain, tellDown, type Told } from "./tell";

/** When the next message about it is due; never, once somebody has acknowledged it. */
const dueAt = ({ snoozedUntil, acknowledged }: Incident, told: number, remindMs: number): number =>
  snoozedUntil ?? (remindMs > 0 && acknowledged === undefined ? told + remindMs : Infinity);

/** @returns nothing where it is not to be told now, whatever is due. */
const toTell = (draft: Draft, incident: Incident): Told | undefined => {
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
    return undefined;
  const above = incident.above.map((name) => ({ name }));
  return { watched, incident, error: state.lastError ?? incident.error, above };
};

/**
 * Tells what outlasted its maintenance, and reminds of what has lasted for long: each in one message
 * for all that is due at once.
 */
export const remind = (draft: Draft): void => {
  const { rules, now } = draft;
  const fresh: Told[] = [];
  const again: Told[] = [];
  for (const incident of draft.open()) {
    const { told } = incident;
    if (told !== undefined && now < dueAt(incident, told, rules.remindMs)) continue;
    const one = toTell(draft, incident);
    if (one === undefined) continue;
    (told === undefined ? fresh : again).push(one);
    draft.put(
      told === undefined
        ? { ...incident, told: now, quiet: undefined }
        : { ...incident, told: now, snoozedUntil: undefined },
    );
    draft.event(incident.id, told === undefined ? "told" : "reminded", "");
  }
  tellDown(draft, fresh);
  tellAgain(draft, again);
};
