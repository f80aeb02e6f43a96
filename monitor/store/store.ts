import type { Parcel, Shelf } from "../adapters/outbox";
import type { EventKind, Incident, Journal } from "../alerts/incident";
import type { CheckState } from "../alerts/check-state";
import { sql } from "./sql";
import type { Writer } from "./writer";

/** Steps of alerting and the outbox, turned into rows. */
export class Store implements Journal, Shelf {
  #written = new Map<string, string>();

  constructor(readonly writer: Writer) {}

  /** A pass after many passes changes nothing that a restart has to know, so it is not written. */
  state(id: string, state: CheckState): void {
    const json = JSON.stringify({
      ...state,
      lastAt: undefined,
      lastMs: undefined,
      detail: undefined,
      streak: Math.min(state.streak, 10),
    });
    if (this.#written.get(id) === json) return;
    this.#written.set(id, json);
    this.writer.keyed(
      `state ${id}`,
      sql`INSERT OR REPLACE INTO check_state VALUES (${id}, ${json})`,
      state.firing || state.lastOk === false,
    );
  }

  incident(incident: Incident): void {
    this.writer.statement(
      sql`INSERT OR REPLACE INTO incident VALUES (${incident.id}, ${incident.check}, ${incident.opened}, ${incident.closed}, ${JSON.stringify(incident)})`,
    );
  }

  event(incident: number, at: number, kind: EventKind, text: string): void {
    this.writer.statement(
      sql`INSERT INTO event (incident, at, kind, text) VALUES (${incident}, ${at}, ${kind}, ${text})`,
    );
  }

  meta(key: string, value: unknown): void {
    this.writer.keyed(
      `meta ${key}`,
      value === undefined
        ? sql`DELETE FROM meta WHERE key = ${key}`
        : sql`INSERT OR REPLACE INTO meta VALUES (${key}, ${JSON.stringify(value)})`,
      true,
    );
  }

  parcel(parcel: Parcel): void {
    this.writer.statement(
      sql`INSERT OR REPLACE INTO outbox VALUES (${parcel.id}, ${parcel.created}, ${parcel.sent}, ${parcel.attempts}, ${parcel.error}, ${JSON.stringify(parcel)})`,
    );
  }
}
