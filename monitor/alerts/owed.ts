import type { Draft } from "./draft";
import type { Cleared, Incident } from "./incident";
import { upTogetherMessage } from "./messages-together";

/** The others that the same message told of, and that are not well yet. */
export const othersOf = (draft: Draft, { id, group }: Incident): readonly Incident[] =>
  group === undefined
    ? []
    : draft.open().filter((other) => other.group === group && other.id !== id);

export const sendTogether = (
  draft: Draft,
  { id }: Incident,
  all: readonly Cleared[],
  still: readonly Incident[],
): void => {
  const { rules, now } = draft;
  const names = still.map(({ name }) => name);
  draft.send(upTogetherMessage(rules.fleet, all, names, rules.link(id, now)));
};

/** What it owes leaves without the rest of the group. */
const tell = (draft: Draft, incident: Incident): void => {
  draft.put({ ...incident, owed: undefined });
  sendTogether(draft, incident, incident.owed ?? [], [incident, ...othersOf(draft, incident)]);
};

/** All-clears that have waited for the rest of their group for a round leave without it. */
export const tellOwed = (draft: Draft): void => {
  const { now, rules } = draft;
  for (const incident of draft.open()) {
    const { owed = [] } = incident;
    const from = Math.min(...owed.map(({ until }) => until));
    if (owed.length === 0 || (now >= from && now - from < rules.roundMs)) continue;
    tell(draft, incident);
  }
};

/** Those of these names leave now. */
export const tellOwedOf = (draft: Draft, names: ReadonlySet<string>): void => {
  for (const incident of draft.open())
    if (incident.owed?.some(({ name }) => names.has(name))) tell(draft, incident);
};
