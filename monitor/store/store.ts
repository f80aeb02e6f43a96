import type { EventKind, Incident, Journal } from "../alerts/incident";
import type { CheckState } from "../alerts/state";
import type { Parcel, Shelf } from "../adapters/outbox";
import type { Database } from "./database";
import { sql } from "./sql";
import type { Writer } from "./writer";

/** What a start needs of what was kept. */
export interface Kept {
  readonly states: ReadonlyMap<string, CheckState>; readonly open: readonly Incident[]; readonly nextIncident: number;
  readonly parcels: readonly Parcel[]; readonly nextParcel: number;
  /** Small facts by name, as JSON. */
  readonly meta: ReadonlyMap<string, string>;
  /** When the last check ran, milliseconds since the epoch; absent at the first start. */
  readonly lastRunAt?: number;
}

export async function loadKept(database: Database): Promise<Kept> {
  const states = await database.rows<{ name: string; json: string }>("SELECT name, json FROM check_state");
  const open = await database.rows<{ json: string }>("SELECT json FROM incident WHERE closed IS NULL ORDER BY id");
  const parcels = await database.rows<{ json: string }>("SELECT json FROM outbox WHERE sent IS NULL ORDER BY id");
  const [next] = await database.rows<{ incident: number; parcel: number }>("SELECT (SELECT coalesce(max(id), 0) + 1 FROM incident) AS incident, (SELECT coalesce(max(id), 0) + 1 FROM outbox) AS parcel");
  const meta = await database.rows<{ key: string; value: string }>("SELECT key, value FROM meta");
  const [last] = await database.rows<{ t: number | null }>("SELECT max(t) AS t FROM sample");
  return {
    lastRunAt: last?.t == null ? undefined : last.t * 1000,
    meta: new Map(meta.map(({ key, value }) => [key, value])),
    states: new Map(states.map(({ name, json }) => [name, JSON.parse(json) as CheckState])),
    open: open.map(({ json }) => JSON.parse(json) as Incident), nextIncident: next?.incident ?? 1,
    parcels: parcels.map(({ json }) => JSON.parse(json) as Parcel), nextParcel: next?.parcel ?? 1,
  };
}

/** Steps of alerting and the outbox, turned into rows. */
export class Store implements Journal, Shelf {
  #written = new Map<string, string>();

  constructor(readonly writer: Writer) {}

  /** A pass after many passes changes nothing that a restart has to know, so it is not written. */
  state(id: string, state: CheckState): void {
    const json = JSON.stringify({ ...state, lastAt: undefined, lastMs: undefined, detail: undefined, streak: Math.min(state.streak, 10) });
    if (this.#written.get(id) === json) return;
    this.#written.set(id, json);
    this.writer.keyed(`state ${id}`, sql`INSERT OR REPLACE INTO check_state VALUES (${id}, ${json})`, state.firing || state.lastOk === false);
  }

  incident(incident: Incident): void {
    this.writer.statement(sql`INSERT OR REPLACE INTO incident VALUES (${incident.id}, ${incident.check}, ${incident.opened}, ${incident.closed}, ${JSON.stringify(incident)})`);
  }

  event(incident: number, at: number, kind: EventKind, text: string): void {
    this.writer.statement(sql`INSERT INTO event (incident, at, kind, text) VALUES (${incident}, ${at}, ${kind}, ${text})`);
  }

  meta(key: string, value: unknown): void {
    this.writer.keyed(`meta ${key}`, value === undefined ? sql`DELETE FROM meta WHERE key = ${key}` : sql`INSERT OR REPLACE INTO meta VALUES (${key}, ${JSON.stringify(value)})`, true);
  }

  parcel(parcel: Parcel): void {
    this.writer.statement(sql`INSERT OR REPLACE INTO outbox VALUES (${parcel.id}, ${parcel.created}, ${parcel.sent}, ${parcel.attempts}, ${parcel.error}, ${JSON.stringify(parcel)})`);
  }
}
