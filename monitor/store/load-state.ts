import type { Announced } from "../actions/announcements";
import type { KnownLogins } from "../actions/login-watch";
import type { SavedMessages } from "../adapters/message-queue";
import type { QueuedMessage } from "../adapters/queued-message";
import type { CheckState } from "../alerts/check-state";
import type { Incident } from "../alerts/incident";
import type { Window } from "../alerts/maintenance";
import type { Beat } from "../checks/beats";
import type { BlindWindow } from "../checks/blind-windows";
import type { Database } from "./database";
import * as shapes from "./shapes";
import { sql } from "./sql-literals";

/**
 * A row that is not what was stored: what it was, and the statement that keeps the next start from
 * stumbling over it again.
 */
export interface Damage {
  readonly what: string;
  readonly stored: string;
  readonly settle: string;
}

/** What a start needs of what was saved. */
export interface SavedState extends SavedMessages {
  readonly states: ReadonlyMap<string, CheckState>;
  readonly open: readonly Incident[];
  readonly nextIncident: number;
  readonly windows: readonly Window[];
  readonly announced: readonly Announced[];
  readonly logins: KnownLogins;
  readonly beats: Readonly<Record<string, Beat>>;
  readonly deaf: readonly BlindWindow[];
  /** Since when this machine has had no network. */
  readonly offline?: number;
  /** When the last check ran, milliseconds since the epoch; absent at the first start. */
  readonly lastRunAt?: number;
  readonly damaged: readonly Damage[];
}

/**
 * An incident whose check has forgotten it would never end, and one that is lost would never be
 * told: they are brought together again.
 */
const joined = (
  states: ReadonlyMap<string, CheckState>,
  open: readonly Incident[],
): ReadonlyMap<string, CheckState> => {
  const ids = new Set(open.map(({ id }) => id));
  const isOpen = ({ incident }: CheckState): boolean => incident === undefined || ids.has(incident);
  const all = new Map(
    [...states].map(([name, state]) => [
      name,
      isOpen(state) ? state : { ...state, incident: undefined },
    ]),
  );
  for (const { id, check, opened, error } of open) {
    if (all.get(check)?.incident === id) continue;
    all.set(check, {
      firing: true,
      streak: 1,
      lastOk: false,
      since: opened,
      lastError: error,
      incident: id,
    });
  }
  return all;
};

/** Takes what is whole, and lists what is not. */
interface Salvage {
  readonly damaged: Damage[];
  /** @returns the value, or nothing when it is damaged. `settle`: the statement that forgets it. */
  readonly whole: <Value>(
    json: unknown,
    fits: shapes.Fits,
    what: string,
    settle: string,
  ) => readonly Value[];
}

const createSalvage = (): Salvage => {
  const damaged: Damage[] = [];
  return {
    damaged,
    whole: <Value>(json: unknown, fits: shapes.Fits, what: string, settle: string) => {
      const value = shapes.read<Value>(json, fits);
      if (value !== undefined) return [value];
      damaged.push({ what, stored: String(json), settle });
      return [];
    },
  };
};

type Row = { readonly id: number; readonly json: unknown };

const loadStates = async (
  database: Database,
  { whole }: Salvage,
): Promise<ReadonlyMap<string, CheckState>> => {
  const rows = await database.rows<{ name: string; json: unknown }>(
    "SELECT CAST(name AS TEXT) AS name, json FROM check_state",
  );
  return new Map(
    rows.flatMap(({ name, json }) => {
      const settle = sql`DELETE FROM check_state WHERE name = ${name}`;
      return whole<CheckState>(json, shapes.checkState, `the state of ${name}`, settle).map(
        (state) => [name, state] as const,
      );
    }),
  );
};

const loadIncidents = async (
  database: Database,
  { whole }: Salvage,
): Promise<readonly Incident[]> => {
  const rows = await database.rows<Row>(
    "SELECT id, json FROM incident WHERE closed IS NULL ORDER BY id",
  );
  return rows.flatMap(({ id, json }) => {
    const settle = sql`UPDATE incident SET closed = opened WHERE id = ${id}`;
    return whole<Incident>(json, shapes.incident, `incident ${id}`, settle);
  });
};

const loadMessages = async (
  database: Database,
  { whole }: Salvage,
): Promise<readonly QueuedMessage[]> => {
  const rows = await database.rows<Row>(
    "SELECT id, json FROM outbox WHERE sent IS NULL ORDER BY id",
  );
  return rows.flatMap(({ id, json }) => {
    const settle = sql`DELETE FROM outbox WHERE id = ${id}`;
    return whole<QueuedMessage>(json, shapes.queuedMessage, `message ${id}`, settle);
  });
};

const loadFacts = async (
  database: Database,
  { whole }: Salvage,
): Promise<Pick<SavedState, "windows" | "announced" | "logins" | "beats" | "deaf" | "offline">> => {
  const rows = await database.rows<{ key: string; value: unknown }>("SELECT key, value FROM meta");
  const facts = new Map(rows.map(({ key, value }) => [key, value]));
  const fact = <Value>(key: string, fits: shapes.Fits): Value | undefined => {
    if (!facts.has(key)) return undefined;
    const settle = sql`DELETE FROM meta WHERE key = ${key}`;
    return whole<Value>(facts.get(key), fits, `what is remembered as "${key}"`, settle)[0];
  };
  return {
    windows: fact<Window[]>("windows", shapes.listOf(shapes.window)) ?? [],
    announced: fact<Announced[]>("announced", shapes.listOf(shapes.announced)) ?? [],
    logins: fact<KnownLogins>("logins", shapes.knownLogins) ?? {},
    beats: fact<Record<string, Beat>>("beats", shapes.recordOf(shapes.beat)) ?? {},
    deaf: fact<BlindWindow[]>("deaf", shapes.listOf(shapes.blindWindow)) ?? [],
    offline: fact<number>("offline", shapes.time),
  };
};

/** Damaged rows are left out, each by itself. @throws when the tables can't be read. */
export const loadState = async (database: Database): Promise<SavedState> => {
  const salvage = createSalvage();
  const states = await loadStates(database, salvage);
  const open = await loadIncidents(database, salvage);
  const queued = await loadMessages(database, salvage);
  const facts = await loadFacts(database, salvage);
  const [next] = await database.rows<{ incident: number; message: number }>(
    "SELECT (SELECT coalesce(max(id), 0) + 1 FROM incident) AS incident, (SELECT coalesce(max(id), 0) + 1 FROM outbox) AS message",
  );
  const [last] = await database.rows<{ t: number }>(
    "SELECT t FROM sample WHERE typeof(t) = 'integer' ORDER BY t DESC LIMIT 1",
  );
  return {
    states: joined(states, open),
    open,
    nextIncident: next?.incident ?? 1,
    queued,
    nextMessage: next?.message ?? 1,
    ...facts,
    lastRunAt: last === undefined ? undefined : last.t * 1000,
    damaged: salvage.damaged,
  };
};
