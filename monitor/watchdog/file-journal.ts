import type { Log } from "../adapters/log";
import type { SavedMessages } from "../adapters/message-queue";
import type { MessageStore, QueuedMessage } from "../adapters/queued-message";
import type { Remembered } from "../alerts/alert-state";
import type { CheckState } from "../alerts/check-state";
import type { Incident, Journal } from "../alerts/incident";
import { lasting } from "../store/save-state";
import { checkState, incident, number, objectOf, queuedMessage, recordOf } from "../store/shapes";
import { readStateFile, writeStateFile } from "../store/state-file";

/** The names of its fields are those of the file, which earlier versions have written. */
interface Contents {
  readonly states: Record<string, CheckState>;
  readonly incidents: Record<string, Incident>;
  readonly parcels: Record<string, QueuedMessage>;
  readonly nextIncident: number;
  readonly nextParcel: number;
}

const contents = objectOf<Contents>({
  states: recordOf(checkState),
  incidents: recordOf(incident),
  parcels: recordOf(queuedMessage),
  nextIncident: number,
  nextParcel: number,
});

const empty: Contents = {
  states: {},
  incidents: {},
  parcels: {},
  nextIncident: 1,
  nextParcel: 1,
};

/** What is done with is dropped, so that the file stays small. */
const replaced = <Item extends { readonly id: number }>(
  all: Readonly<Record<string, Item>>,
  item: Item,
  keep: boolean,
): Record<string, Item> =>
  Object.fromEntries(
    [...Object.values(all).filter(({ id }) => id !== item.id), ...(keep ? [item] : [])].map(
      (one) => [one.id, one],
    ),
  );

/** What a start needs of it. */
interface SavedJournal extends Remembered, SavedMessages {}

/**
 * The steps of alerting in one small file: enough for the few checks by which the primary watches
 * the watcher.
 */
export interface FileJournal extends Journal, MessageStore {
  remembered(): SavedJournal;
}

export const openFileJournal = (path: string, log: Log): FileJournal => {
  let kept = readStateFile<Contents>(path, contents, empty, log);
  const keep = (change: Partial<Contents>): void => {
    kept = { ...kept, ...change };
    writeStateFile(path, kept, log);
  };
  return {
    remembered: () => ({
      ...kept,
      states: new Map(Object.entries(kept.states)),
      open: Object.values(kept.incidents),
      queued: Object.values(kept.parcels),
      nextMessage: kept.nextParcel,
    }),
    state: (id, state) => {
      const next = lasting(state);
      if (JSON.stringify(kept.states[id]) === JSON.stringify(next)) return;
      keep({ states: { ...kept.states, [id]: next } });
    },
    incident: (incident) =>
      keep({
        incidents: replaced(kept.incidents, incident, incident.closed === undefined),
        nextIncident: Math.max(kept.nextIncident, incident.id + 1),
      }),
    message: (queued) =>
      keep({
        parcels: replaced(kept.parcels, queued, queued.sent === undefined),
        nextParcel: Math.max(kept.nextParcel, queued.id + 1),
      }),
    // The file holds what is open; the journal of systemd holds the past.
    event: (incident, _at, kind, text) => log.info(`incident ${incident} ${kind} ${text}`.trim()),
  };
};
