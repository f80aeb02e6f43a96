import type { MessageStore } from "../adapters/queued-message";
import type { CheckState } from "../alerts/check-state";
import type { Journal } from "../alerts/incident";
import { sql } from "./sql-literals";
import type { Writer } from "./writer";

/** What changes with each run is left out: a restart need not know it. */
export const lasting = (state: CheckState): CheckState => ({
  ...state,
  lastAt: undefined,
  lastMs: undefined,
  detail: undefined,
  recent: undefined,
  streak: Math.min(state.streak, 10),
});

/** Steps of alerting and the message queue, turned into rows. */
export interface StateStore extends Journal, MessageStore {
  /** A fact by its name; undefined forgets it. */
  meta(key: string, value: unknown): void;
}

export const createStateStore = (writer: Writer): StateStore => {
  const written = new Map<string, string>();
  return {
    // A pass after many passes changes nothing that a restart has to know, so it is not written.
    state: (id, state) => {
      const json = JSON.stringify(lasting(state));
      if (written.get(id) === json) return;
      written.set(id, json);
      writer.keyed(
        `state ${id}`,
        sql`INSERT OR REPLACE INTO check_state VALUES (${id}, ${json})`,
        state.firing || state.lastOk === false,
      );
    },
    incident: (incident) => {
      const { id, check, opened, closed } = incident;
      writer.statement(
        sql`INSERT OR REPLACE INTO incident VALUES (${id}, ${check}, ${opened}, ${closed}, ${JSON.stringify(incident)})`,
      );
    },
    event: (incident, at, kind, text) =>
      writer.statement(
        sql`INSERT INTO event (incident, at, kind, text) VALUES (${incident}, ${at}, ${kind}, ${text})`,
      ),
    meta: (key, value) =>
      writer.keyed(
        `meta ${key}`,
        value === undefined
          ? sql`DELETE FROM meta WHERE key = ${key}`
          : sql`INSERT OR REPLACE INTO meta VALUES (${key}, ${JSON.stringify(value)})`,
        true,
      ),
    message: (queued) => {
      const { id, created, sent, attempts, error } = queued;
      writer.statement(
        sql`INSERT OR REPLACE INTO outbox VALUES (${id}, ${created}, ${sent}, ${attempts}, ${error}, ${JSON.stringify(queued)})`,
      );
    },
  };
};
