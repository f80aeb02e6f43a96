import { adviceFor } from "./advice";
import type { Watched } from "./check-state";
import type { Draft } from "./draft";
import type { Incident } from "./incident";
import { downMessage, flappingMessage, type Named, type Outage, reminderMessage } from "./messages";
import { downTogetherMessage, reminderTogetherMessage } from "./messages-together";

/** An incident that people are told of. */
export interface Told {
  readonly watched: Watched;
  readonly incident: Incident;
  readonly error: string;
  readonly above: readonly Named[];
}

export const outage = (
  { rules, now }: Draft,
  watched: Watched,
  { id, name, opened }: Pick<Incident, "id" | "name" | "opened">,
  error: string,
): Outage => ({
  fleet: rules.fleet,
  name,
  since: opened,
  error,
  url: rules.link(id, now),
  advice: adviceFor(watched),
});

export const tellFlapping = (
  draft: Draft,
  watched: Watched,
  incident: Incident,
  error: string,
  turns: number,
): void => draft.send(flappingMessage(outage(draft, watched, incident, error), turns));

const outagesOf = (draft: Draft, all: readonly Told[]): readonly Outage[] =>
  all.map(({ watched, incident, error }) => outage(draft, watched, incident, error));

/** From now on they are one group: one link answers for all, and they are cleared together. */
const join = (draft: Draft, all: readonly Told[]): void => {
  const group = all[0]?.incident.id;
  for (const { incident } of all) {
    const now = draft.incident(incident.id);
    if (now !== undefined && all.length > 1) draft.put({ ...now, group });
  }
};

/** One message, of one or of several. */
export const tellDown = (draft: Draft, all: readonly Told[]): void => {
  join(draft, all);
  const [first, ...more] = outagesOf(draft, all);
  if (first === undefined) return;
  draft.send(
    more.length === 0
      ? downMessage(first, all[0]?.above ?? [], draft.now)
      : downTogetherMessage([first, ...more], draft.now),
  );
};

/** As `tellDown`, of what has been told before. */
export const tellAgain = (draft: Draft, all: readonly Told[]): void => {
  const [first, ...more] = outagesOf(draft, all);
  if (first === undefined) return;
  draft.send(
    more.length === 0
      ? reminderMessage(first, all[0]?.above ?? [], draft.now)
      : reminderTogetherMessage([first, ...more], draft.now),
  );
};
