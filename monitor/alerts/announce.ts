import type { CheckState, Watched } from "./check-state";
import type { Draft } from "./draft";
import { steady, turned } from "./flaps";
import type { Incident } from "./incident";
import { judge } from "./judge";
import { explains } from "./layers";
import { covering } from "./maintenance";
import { steadyMessage, worseMessage, type Named } from "./messages";
import { tellOwedOf } from "./owed";
import { outage, tellDown, tellFlapping, type Told } from "./tell";
import { byReason, isGathering, type Failing } from "./together";

/** What fails because of this check. */
const failingAbove = (draft: Draft, lower: Watched): readonly Named[] => {
  const low = draft.check(lower.id);
  return [...draft.watched.values()]
    .map((upper) => [upper, draft.check(upper.id)] as const)
    .filter(([upper, state]) => state.lastOk === false && explains(lower, low, upper, state))
    .map(([{ id }, state]) => ({ name: id, error: state.lastError }));
};

/** @returns what is to be told: not what is a matter of maintenance or flaps. */
const open = (draft: Draft, [watched, state]: Failing): Told | undefined => {
  const { rules, now } = draft;
  const error = state.lastError ?? "no reason given";
  const above = failingAbove(draft, watched);
  const window = covering(rules.maintenance(now), watched);
  // Announced work goes down and up: that must not silence what fails after it.
  const flaps =
    window === undefined || state.flapping === true
      ? turned(state, now, rules.flapsPerHour)
      : undefined;
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
  else if (flaps?.flapping) tellFlapping(draft, watched, incident, error, flaps.turns.length);
  else return { watched, incident, error, above };
  return undefined;
};

/** Opens an incident for each; those that fail together are told together. */
const announce = (draft: Draft, group: readonly Failing[]): void => {
  // That they were well in between is told before that they no longer are.
  tellOwedOf(draft, new Set(group.map(([{ id }]) => id)));
  tellDown(
    draft,
    group.map((failing) => open(draft, failing)).filter((told) => told !== undefined),
  );
};

/** It is silent because of a lower one, whose incident names it. */
const hold = (draft: Draft, watched: Watched, state: CheckState, by: string): void => {
  draft.keep(watched.id, { ...state, heldBy: by });
  const holder = draft.incident(draft.check(by).incident);
  if (holder === undefined) return;
  draft.event(holder.id, "with", watched.id);
  if (!holder.above.includes(watched.id))
    draft.put({ ...holder, above: [...holder.above, watched.id] });
};

/** @returns whether it is to be announced. */
const consider = (draft: Draft, watched: Watched, state: CheckState): boolean => {
  const verdict = judge(
    watched,
    state,
    draft.bases.map((base) => [base, draft.check(base.id)] as const),
    draft.now,
    draft.rules.patienceMs,
  );
  if (verdict.kind === "held" && state.heldBy !== verdict.by)
    hold(draft, watched, state, verdict.by);
  return verdict.kind === "announce";
};

/** It has held one state for long enough: say which, and alert as usual again. */
const endFlapping = (draft: Draft, watched: Watched, state: CheckState): void => {
  const { now } = draft;
  const incident = draft.incident(state.incident);
  draft.keep(watched.id, { ...state, flapping: false, turns: [] });
  const about = {
    id: incident?.id ?? 0,
    name: watched.id,
    opened: state.turns?.at(-1) ?? now,
  };
  const steadyOutage = outage(draft, watched, about, state.lastError ?? "");
  draft.send(steadyMessage(steadyOutage, !state.firing));
  if (incident !== undefined) draft.put({ ...incident, quiet: undefined, told: now });
};

/** Announces what has waited for long enough, and ends the silence about what flapped. */
export const announceReady = (draft: Draft): void => {
  const ready: Failing[] = [];
  for (const id of draft.attention()) {
    const watched = draft.watched.get(id);
    if (watched === undefined) continue;
    const state = draft.check(id);
    const isDue = state.firing && state.lastOk === false && state.incident === undefined;
    if (steady(state, draft.now)) endFlapping(draft, watched, state);
    else if (isDue && consider(draft, watched, state)) ready.push([watched, state]);
  }
  for (const group of byReason(ready)) if (!isGathering(draft, group)) announce(draft, group);
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
