import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

import { reason, type Log } from "../adapters/log";
import type { Parcel, Shelf } from "../adapters/outbox";
import type { CheckState } from "../alerts/check-state";
import type { Incident, Journal } from "../alerts/incident";
import {
  checkState,
  type Fits,
  incident,
  number,
  objectOf,
  parcel,
  recordOf,
} from "../store/shapes";

interface Kept {
  readonly states: Record<string, CheckState>;
  readonly incidents: Record<string, Incident>;
  readonly parcels: Record<string, Parcel>;
  readonly nextIncident: number;
  readonly nextParcel: number;
}

const kept = objectOf<Kept>({
  states: recordOf(checkState),
  incidents: recordOf(incident),
  parcels: recordOf(parcel),
  nextIncident: number,
  nextParcel: number,
});

/** A lost or damaged file means beginning anew, which is safe; it is said in the journal. */
export const readState = <State>(path: string, fits: Fits, empty: State, log: Log): State => {
  try {
    const state: unknown = JSON.parse(readFileSync(path, "utf8"));
    if (!fits(state)) throw new Error("it is not what was written");
    return state as State;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT")
      log.warn(`${path}: ${reason(error)}; beginning anew`);
    return empty;
  }
};

/** Readers and a power cut see the old file or the new one. */
export const writeState = (path: string, state: unknown, log: Log): void => {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(`${path}.new`, JSON.stringify(state), { mode: 0o600 });
    renameSync(`${path}.new`, path);
  } catch (error) {
    log.error(`${path}: ${reason(error)}; going on in memory`);
  }
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

/** The steps of alerting in one small file: enough for the few checks by which the primary watches the watcher. */
export class FileJournal implements Journal, Shelf {
  #kept: Kept;

  constructor(
    readonly path: string,
    readonly log: Log,
  ) {
    this.#kept = readState<Kept>(
      path,
      kept,
      {
        states: {},
        incidents: {},
        parcels: {},
        nextIncident: 1,
        nextParcel: 1,
      },
      log,
    );
  }

  remembered() {
    const { states, incidents, parcels, nextIncident, nextParcel } = this.#kept;
    return {
      states: new Map(Object.entries(states)),
      open: Object.values(incidents),
      nextIncident,
      parcels: Object.values(parcels),
      nextParcel,
    };
  }

  state(id: string, state: CheckState): void {
    const next = {
      ...state,
      lastAt: undefined,
      lastMs: undefined,
      detail: undefined,
      streak: Math.min(state.streak, 10),
    };
    if (JSON.stringify(this.#kept.states[id]) === JSON.stringify(next)) return;
    this.#keep({ states: { ...this.#kept.states, [id]: next } });
  }

  incident(incident: Incident): void {
    this.#keep({
      incidents: replaced(this.#kept.incidents, incident, incident.closed === undefined),
      nextIncident: Math.max(this.#kept.nextIncident, incident.id + 1),
    });
  }

  parcel(parcel: Parcel): void {
    this.#keep({
      parcels: replaced(this.#kept.parcels, parcel, parcel.sent === undefined),
      nextParcel: Math.max(this.#kept.nextParcel, parcel.id + 1),
    });
  }

  /** The file holds what is open; the journal of systemd holds the past. */
  event(incident: number, _at: number, kind: string, text: string): void {
    this.log.info(`incident ${incident} ${kind} ${text}`.trim());
  }

  #keep(change: Partial<Kept>): void {
    this.#kept = { ...this.#kept, ...change };
    writeState(this.path, this.#kept, this.log);
  }
}
