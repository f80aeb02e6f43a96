import type { Clock } from "../adapters/clock";
import { reason, type Log } from "../adapters/log";
import type { Incident } from "../alerts/incident";
import type { Database } from "../store/database";
import { type Bucket, days, series } from "../store/history";
import { incident, read, text, time } from "../store/shapes";
import { sql } from "../store/sql-literals";

const FRESH_MS = 30_000;
const DAYS = 90;

export interface TimelineEvent {
  readonly id: number;
  readonly at: number;
  readonly kind: string;
  readonly text: string;
}
type Days = ReadonlyMap<string, readonly Bucket[]>;

/**
 * What pages and reports read from the database. They stay up when it is damaged or can't be read:
 * what is missing is left out, and `trouble` says so.
 */
export interface Records {
  /** What is missing from what was read; for people. */
  trouble(): string | undefined;
  /** For answers that can't say what is missing. */
  failing(): boolean;
  /** By check, oldest first. Read at most twice a minute, however many visitors come. */
  days(): Promise<Days>;
  /** Newest first. */
  incidents(limit: number, check?: string): Promise<readonly Incident[]>;
  incident(id: number): Promise<Incident | undefined>;
  timeline(incident: number): Promise<readonly TimelineEvent[]>;
  series(check: string, seconds: number, points?: number): ReturnType<typeof series>;
}

/**
 * Remembers what could not be read, and says each problem once in the journal, however often it is
 * asked for.
 */
const createTroubles = (log: Log) => {
  /** What can't be read now, and why. */
  const failures = new Map<string, string>();
  const damaged = new Set<string>();
  const damageText = (): string =>
    damaged.size === 1
      ? "1 damaged record is left out."
      : `${damaged.size} damaged records are left out.`;
  return {
    failing: () => failures.size > 0,
    text: (): string | undefined => {
      const said = [
        ...(failures.size === 0
          ? []
          : ["The history can't be read now; what is shown is of this moment."]),
        ...(damaged.size === 0 ? [] : [damageText()]),
      ];
      return said.length === 0 ? undefined : said.join(" ");
    },
    /** `without`: what stands for it when it can't be read. */
    reading: async <Value>(
      what: string,
      from: () => Promise<Value>,
      without: Value,
    ): Promise<Value> => {
      try {
        const value = await from();
        failures.delete(what);
        return value;
      } catch (error) {
        if (failures.get(what) !== reason(error))
          log.error(`the history can't be read (${what}): ${reason(error)}`);
        failures.set(what, reason(error));
        return without;
      }
    },
    whole: <Value>(what: string, value: Value | undefined): Value[] => {
      if (value !== undefined) return [value];
      if (!damaged.has(what)) log.error(`${what} is damaged and left out of the pages`);
      damaged.add(what);
      return [];
    },
  };
};

export const createRecords = (deps: {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
}): Records => {
  const { database, clock } = deps;
  const troubles = createTroubles(deps.log);
  let recent: { readonly at: number; readonly days: Promise<Days> } | undefined;

  const rows = <Row>(what: string, statement: string): Promise<readonly Row[]> =>
    troubles.reading<readonly Row[]>(what, () => database.rows<Row>(statement), []);
  const incidents = async (statement: string): Promise<readonly Incident[]> => {
    const found = await rows<{ id: number; json: unknown }>("incidents", statement);
    return found.flatMap(({ id, json }) =>
      troubles.whole(`incident ${id}`, read<Incident>(json, incident)),
    );
  };
  return {
    trouble: troubles.text,
    failing: troubles.failing,
    days: () => {
      const now = clock.monotonic();
      if (recent === undefined || now - recent.at > FRESH_MS) {
        const fresh = () => days(database, clock.now(), DAYS);
        recent = { at: now, days: troubles.reading<Days>("days", fresh, new Map()) };
      }
      return recent.days;
    },
    incidents: (limit, check) =>
      incidents(
        check === undefined
          ? sql`SELECT id, json FROM incident ORDER BY id DESC LIMIT ${limit}`
          : sql`SELECT id, json FROM incident WHERE check_name = ${check} ORDER BY id DESC LIMIT ${limit}`,
      ),
    incident: async (id) =>
      (await incidents(sql`SELECT id, json FROM incident WHERE id = ${id}`))[0],
    timeline: async (id) => {
      const found = await rows<TimelineEvent>(
        "timeline",
        sql`SELECT id, at, kind, text FROM event WHERE incident = ${id} ORDER BY id LIMIT 500`,
      );
      return found.flatMap((event) => {
        const isWhole = time(event.at) && text(event.kind) && text(event.text);
        return troubles.whole(`event ${event.id}`, isWhole ? event : undefined);
      });
    },
    series: (check, seconds, points) =>
      troubles.reading("series", () => series(database, check, seconds, clock.now(), points), {
        seconds: 0,
        buckets: [],
      }),
  };
};
