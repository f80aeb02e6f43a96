import { adviceFor } from "./advice";
import { below, couldExplain, isTop, judge, type CheckState, type Watched } from "./check-state";
import type { Draft } from "./draft";
import { steady, turned } from "./flaps";
import type { Incident } from "./incident";
import { covering } from "./maintenance";
import {
  downMessage,
  flappingMessage,
  steadyMessage,
  worseMessage,
  type Named,
  type Outage,
} from "./messages";

export const outage = (
  { rules, now }: Draft,
  watched: Watched,
  incident: Incident,
  error: string,
): Outage => ({
  fleet: rules.fleet,
  name: incident.name,
  since: incident.opened,
  error,
  url: rules.link(incident.id, now),
  advice: adviceFor(watched),
});

/** What stands on this check and fails. */
const failingAbove = (draft: Draft, lower: Watched): readonly Named[] => {
  const { exhausted } = draft.check(lower.id);
  if (isTop(lower) && !exhausted) return [];
  return [...draft.watched.values()]
    .filter((upper) => below(lower, upper) || (exhausted && couldExplain(lower, upper)))
    .map((upper) => [upper, draft.check(upper.id)] as const)
    .filter(([, state]) => state.lastOk === false)
    .map(([{ id }, state]) => ({ name: id, error: state.lastError }));
};

/** Opens the incident. It is told at once, unless it is a matter of maintenance or flaps. */
const announce = (draft: Draft, watched: Watched, state: CheckState): void => {
  const { rules, now } = draft;
  const error = state.lastError ?? "no reason given";
  const above = failingAbove(draft, watched);
  const flaps = turned(state, now, rules.flapsPerHour);
  const window = covering(rules.maintenance(now), watched);
  const quiet = window?.title ?? (state.flapping ? "it flaps" : undefined);
  const incident: Incident = {
    id: draft.nextIncident(),
    check: watched.id,
    name: watched.id,
    service: watched.service,
    opened: state.since ?? now,
    error,
    above: above.map(({ name }) => name),
    quiet,
    told: quiet === undefined ? now : undefined,
    exhausted: state.exhausted,
  };
  draft.put(incident);
  draft.event(incident.id, "opened", error);
  draft.keep(watched.id, {
    ...state,
    ...flaps,
    incident: incident.id,
    heldBy: undefined,
    firedAt: undefined,
  });
  if (quiet !== undefined) draft.event(incident.id, "quiet", quiet);
  else if (flaps.flapping) tellFlapping(draft, watched, incident, error, flaps.turns.length);
  else draft.send(downMessage(outage(draft, watched, incident, error), above, now));
};

export const tellFlapping = (
  draft: Draft,
  watched: Watched,
  incident: Incident,
  error: string,
  turns: number,
): void => draft.send(flappingMessage(outage(draft, watched, incident, error), turns));

/** It is silent because of a lower one, whose incident names it. */
const hold = (draft: Draft, watched: Watched, state: CheckState, by: string): void => {
  draft.keep(watched.id, { ...state, heldBy: by });
  const holder = draft.incident(draft.check(by).incident);
  if (holder === undefined) return;
  draft.event(holder.id, "with", watched.id);
  if (!holder.above.includes(watched.id))
    draft.put({ ...holder, above: [...holder.above, watched.id] });
};

const consider = (draft: Draft, watched: Watched, state: CheckState): void => {
  const verdict = judge(
    watched,
    { firedAt: draft.now, ...state },
    draft.bases.map((base) => [base, draft.check(base.id)] as const),
    draft.now,
    draft.rules.patienceMs,
  );
  if (verdict.kind === "announce") announce(draft, watched, state);
  if (verdict.kind === "held" && state.heldBy !== verdict.by)
    hold(draft, watched, state, verdict.by);
};

/** It has held one state for long enough: say which, and alert as usual again. */
const endFlapping = (draft: Draft, watched: Watched, state: CheckState): void => {
  const { rules, now } = draft;
  const incident = draft.incident(state.incident);
  draft.keep(watched.id, { ...state, flapping: false, turns: [] });
  const steadyOutage: Outage = {
    fleet: rules.fleet,
    name: watched.id,
    since: state.turns?.at(-1) ?? now,
    error: state.lastError ?? "",
    url: rules.link(incident?.id ?? 0, now),
    advice: adviceFor(watched),
  };
  draft.send(steadyMessage(steadyOutage, !state.firing));
  if (incident !== undefined) draft.put({ ...incident, quiet: undefined, told: now });
};

/** Announces what has waited for long enough, and ends the silence about what flapped. */
export const announceReady = (draft: Draft): void => {
  for (const id of draft.attention()) {
    const watched = draft.watched.get(id);
    if (watched === undefined) continue;
    const state = draft.check(id);
    if (steady(state, draft.now)) endFlapping(draft, watched, state);
    else if (state.firing && state.lastOk === false && state.incident === undefined)
      consider(draft, watched, state);
  }
};

/** Its machine has no room left, and people were told of something less. */
export const worsen = (draft: Draft, watched: Watched): void => {
  const { rules, now } = draft;
  const state = draft.check(watched.id);
  const incident = draft.incident(state.incident);
  if (
    incident === undefined ||
    incident.exhausted ||
    incident.told === undefined ||
    state.flapping ||
    covering(rules.maintenance(now), watched) !== undefined
  )
    return;
  const error = state.lastError ?? incident.error;
  draft.put({
    ...incident,
    error,
    exhausted: true,
    told: now,
    acknowledged: undefined,
    snoozedUntil: undefined,
  });
  draft.event(incident.id, "worse", error);
  const above = failingAbove(draft, watched).map(({ name }) => ({ name }));
  draft.send(worseMessage(outage(draft, watched, incident, error), above, now));
};
