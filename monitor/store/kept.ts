import type { Parcel } from "../adapters/outbox";
import type { Incident } from "../alerts/incident";
import type { Window } from "../alerts/maintenance";
import type { CheckState } from "../alerts/check-state";
import type { BlindWindow } from "../checks/blind-windows";
import type { Beat } from "../checks/heartbeat";
import type { Database } from "./database";
import * as shapes from "./shapes";
import { sql } from "./sql";

/** A row that is not what was stored: what it was, and the statement that keeps the next start from stumbling over it again. */
export interface Damage {
  readonly what: string;
  readonly stored: string;
  readonly settle: string;
}

/** What a start needs of what was kept. */
export interface Kept {
  readonly states: ReadonlyMap<string, CheckState>;
  readonly open: readonly Incident[];
  readonly nextIncident: number;
  readonly parcels: readonly Parcel[];
  readonly nextParcel: number;
  readonly windows: readonly Window[];
  readonly beats: Readonly<Record<string, Beat>>;
  readonly deaf: readonly BlindWindow[];
  /** Since when this machine has had no network. */
  readonly offline?: number;
  /** When the last check ran, milliseconds since the epoch; absent at the first start. */
  readonly lastRunAt?: number;
  readonly damaged: readonly Damage[];
}

/** An incident whose check has forgotten it would never end, and one that is lost would never be told: they are brought together again. */
const joined = (
  states: ReadonlyMap<string, CheckState>,
  open: readonly Incident[],
): ReadonlyMap<string, CheckState> => {
  const ids = new Set(open.map(({ id }) => id));
  const all = new Map(
    [...states].map(([name, state]) => [
      name,
      state.incident === undefined || ids.has(state.incident)
        ? state
        : { ...state, incident: undefined },
    ]),
  );
  for (const { id, check, opened, error } of open) {
    const state = all.get(check);
    if (state?.incident !== id)
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

/** Damaged rows are left out, each by itself. @throws when the tables can't be read. */
export const loadKept = async (database: Database): Promise<Kept> => {
  const damaged: Damage[] = [];
  const salvage = <Value>(
    json: unknown,
    fits: shapes.Fits,
    what: string,
    settle: string,
  ): Value[] => {
    const value = shapes.read<Value>(json, fits);
    if (value !== undefined) return [value];
    damaged.push({ what, stored: String(json), settle });
    return [];
  };
  const states = await database.rows<{ name: string; json: unknown }>(
    "SELECT CAST(name AS TEXT) AS name, json FROM check_state",
  );
  const open = await database.rows<{ id: number; json: unknown }>(
    "SELECT id, json FROM incident WHERE closed IS NULL ORDER BY id",
  );
  const parcels = await database.rows<{ id: number; json: unknown }>(
    "SELECT id, json FROM outbox WHERE sent IS NULL ORDER BY id",
  );
  const [next] = await database.rows<{ incident: number; parcel: number }>(
    "SELECT (SELECT coalesce(max(id), 0) + 1 FROM incident) AS incident, (SELECT coalesce(max(id), 0) + 1 FROM outbox) AS parcel",
  );
  const facts = new Map(
    (await database.rows<{ key: string; value: unknown }>("SELECT key, value FROM meta")).map(
      ({ key, value }) => [key, value],
    ),
  );
  const [last] = await database.rows<{ t: number }>(
    "SELECT t FROM sample WHERE typeof(t) = 'integer' ORDER BY t DESC LIMIT 1",
  );
  const fact = <Value>(key: string, fits: shapes.Fits): Value | undefined =>
    facts.has(key)
      ? salvage<Value>(
          facts.get(key),
          fits,
          `what is remembered as "${key}"`,
          sql`DELETE FROM meta WHERE key = ${key}`,
        )[0]
      : undefined;
  const incidents = open.flatMap(({ id, json }) =>
    salvage<Incident>(
      json,
      shapes.incident,
      `incident ${id}`,
      sql`UPDATE incident SET closed = opened WHERE id = ${id}`,
    ),
  );
  const remembered = new Map(
    states.flatMap(({ name, json }) =>
      salvage<CheckState>(
        json,
        shapes.checkState,
        `the state of ${name}`,
        sql`DELETE FROM check_state WHERE name = ${name}`,
      ).map((state) => [name, state] as const),
    ),
  );
  return {
    states: joined(remembered, incidents),
    open: incidents,
    nextIncident: next?.incident ?? 1,
    parcels: parcels.flatMap(({ id, json }) =>
      salvage<Parcel>(
        json,
        shapes.parcel,
        `message ${id}`,
        sql`DELETE FROM outbox WHERE id = ${id}`,
      ),
    ),
    nextParcel: next?.parcel ?? 1,
    windows: fact<Window[]>("windows", shapes.listOf(shapes.window)) ?? [],
    beats: fact<Record<string, Beat>>("beats", shapes.recordOf(shapes.beat)) ?? {},
    deaf: fact<BlindWindow[]>("deaf", shapes.listOf(shapes.gap)) ?? [],
    offline: fact<number>("offline", shapes.time),
    lastRunAt: last === undefined ? undefined : last.t * 1000,
    damaged,
  };
};
