import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import Libsql from "libsql/promise";

import { type Database, openDatabase } from "../../../../monitor/store/database";
import { days, series, uptime } from "../../../../monitor/store/history";
import { loadState } from "../../../../monitor/store/load-state";
import { migrations } from "../../../../monitor/store/migrations";
import { openOrRecover } from "../../../../monitor/store/recover";
import { createRollups } from "../../../../monitor/store/rollups";
import { createStateStore } from "../../../../monitor/store/save-state";
import { sql } from "../../../../monitor/store/sql-literals";
import { tiers } from "../../../../monitor/store/tiers";
import { createWriter } from "../../../../monitor/store/writer";
import { FakeClock } from "../fake-clock";

let folder = "";
let path = "";
const open: Database[] = [];
const said: string[] = [];
const log = {
  info: (line: string) => void said.push(line),
  warn: (line: string) => void said.push(line),
  error: (line: string) => void said.push(line),
};
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "store-"));
  path = join(folder, "observatory.db");
  said.length = 0;
});
afterEach(() => {
  open.splice(0).forEach((database) => database.close());
  rmSync(folder, { recursive: true });
});
const database = async (): Promise<Database> => {
  const made = await openDatabase(path);
  open.push(made);
  return made;
};

test("values can't break out of a statement", async () => {
  const db = await database();
  const nasty = "'); DROP TABLE meta; --\0\n\"ü";
  await db.exec(sql`INSERT INTO meta VALUES ('x', ${nasty})`);
  expect(await db.rows(sql`SELECT value FROM meta WHERE value = ${nasty}`)).toEqual([
    { value: nasty.replace("\0", "") },
  ]);
});

test("what alerting steps through is there after the program was killed", async () => {
  const clock = new FakeClock();
  const db = await database();
  const writer = createWriter(db, clock, log);
  const store = createStateStore(writer);
  store.state("blog", {
    firing: true,
    streak: 3,
    lastOk: false,
    since: 5,
    incident: 1,
    lastAt: 7,
    lastMs: 9,
  });
  store.incident({
    id: 1,
    check: "blog",
    name: "blog",
    opened: 5,
    error: "it's down",
    above: [],
  });
  store.message({
    id: 1,
    created: 6,
    attempts: 0,
    message: { kind: "down", subject: "s", text: "t", html: "h" },
  });
  store.meta("offline", 12);
  await writer.flush();
  const kept = await loadState(await database());
  expect(kept.states.get("blog")).toEqual({
    firing: true,
    streak: 3,
    lastOk: false,
    since: 5,
    incident: 1,
  });
  expect([
    kept.open.length,
    kept.nextIncident,
    kept.queued.length,
    kept.nextMessage,
    kept.offline,
  ]).toEqual([1, 2, 1, 2, 12]);
});

test("a full disk: checks and alerts go on in memory, it is said, and everything is written once there is room", async () => {
  const clock = new FakeClock();
  const db = await database();
  const writer = createWriter(db, clock, log);
  const store = createStateStore(writer);
  const [{ page_count: pages }] = (await db.rows<{ page_count: number }>("PRAGMA page_count")) as [
    { page_count: number },
  ];
  await db.rows(`PRAGMA max_page_count = ${pages}`);
  for (let index = 0; index < 50; index += 1) store.event(1, index, "opened", "x".repeat(500));
  writer.sample({ check: "blog", t: 1, result: 0, ms: 5 });
  await writer.flush();
  expect(writer.status()).toMatchObject({ ok: false });
  expect(writer.status().error).toMatch(/full/);
  expect(said.join()).toContain("go on in memory");
  await db.rows("PRAGMA max_page_count = 100000");
  await writer.flush();
  expect(writer.status()).toMatchObject({ ok: true, dropped: 0 });
  expect(
    await db.rows("SELECT count(*) AS n, (SELECT count(*) FROM sample) AS samples FROM event"),
  ).toEqual([{ n: 50, samples: 1 }]);
});

test("a power cut that tears the log at any point costs the last writes, never the database or an alert that was told", async () => {
  const db = await database();
  const writer = createWriter(db, new FakeClock(), log);
  const store = createStateStore(writer);
  for (let id = 1; id <= 12; id += 1) {
    store.incident({
      id,
      check: "blog",
      name: "blog",
      opened: id,
      closed: id < 12 ? id + 1 : undefined,
      error: "x".repeat(2000),
      above: [],
    });
    writer.sample({ check: "blog", t: id, result: 0, ms: 5 });
    await writer.flush();
  }
  const [whole, wal] = [readFileSync(path), readFileSync(`${path}-wal`)];
  const kept: number[] = [];
  for (let part = 0; part <= 9; part += 1) {
    const cut = Math.round((wal.length * part) / 9);
    const torn = join(folder, `torn-${cut}.db`);
    writeFileSync(torn, whole);
    // What the disk had not taken yet is zeros, or garbage.
    writeFileSync(
      `${torn}-wal`,
      Buffer.concat([wal.subarray(0, cut), Buffer.alloc(Math.min(5000, wal.length - cut), 7)]),
    );
    const { database: after, trouble } = await openOrRecover(torn, new FakeClock(), log);
    open.push(after);
    expect(trouble).toBeUndefined();
    expect(await after.rows("PRAGMA integrity_check")).toEqual([{ integrity_check: "ok" }]);
    kept.push((await loadState(after)).nextIncident - 1);
  }
  expect(kept).toEqual([...kept].sort((a, b) => a - b));
  expect([kept[0], kept.at(-1)]).toEqual([0, 12]);
});

test("memory stays bounded however long the disk is full: the oldest samples go", async () => {
  const clock = new FakeClock();
  const writer = createWriter(
    {
      exec: () => Promise.reject(new Error("database or disk is full")),
      rows: () => Promise.resolve([]),
      close: () => undefined,
    },
    clock,
    log,
  );
  for (let t = 0; t < 25_000; t += 1) writer.sample({ check: "blog", t, result: 0, ms: 1 });
  expect(writer.status().dropped).toBe(5000);
  await writer.flush();
  expect(writer.status().ok).toBe(false);
});

test("rollups: exact percentiles by nearest rank, failures counted apart, the same when made twice, and uptime by day", async () => {
  const clock = new FakeClock("2026-03-01T00:00:00Z");
  const db = await database();
  const writer = createWriter(db, clock, log);
  const start = clock.now() / 1000;
  for (let index = 0; index < 100; index += 1)
    writer.sample({
      check: "blog",
      t: start + index * 30,
      result: index % 10 === 9 ? 1 : 0,
      ms: index + 1,
    });
  writer.sample({ check: "other", t: start + 5, result: 2, ms: 1 });
  await writer.flush();
  await clock.pass(3_600_000);
  const rollups = createRollups(db, clock, log);
  for (const tier of [...tiers, ...tiers]) await rollups.roll(tier);
  const [hour] = await db.rows<Record<string, number>>(
    "SELECT * FROM rollup WHERE tier = 2 AND check_id = 1",
  );
  const passes = Array.from({ length: 100 }, (_, index) => index)
    .filter((index) => index % 10 !== 9)
    .map((index) => index + 1);
  expect(hour).toMatchObject({
    passes: 90,
    fails: 10,
    unknowns: 0,
    p50: passes[44],
    p95: passes[85],
    p99: passes[89],
    max: 99,
  });
  const byDay = await days(db, clock.now(), 90);
  expect(uptime(byDay.get("blog") ?? [])).toBe(0.9);
  expect(uptime(byDay.get("other") ?? [])).toBeUndefined();
  expect((await series(db, "blog", 3600, clock.now())).buckets).toHaveLength(50);
  expect((await series(db, "blog", 90 * 86_400, clock.now())).seconds).toBe(86_400);
});

test("pruning forgets what is too old and nothing that was not rolled up", async () => {
  const clock = new FakeClock("2026-03-01T00:00:00Z");
  const db = await database();
  const writer = createWriter(db, clock, log);
  writer.sample({ check: "blog", t: clock.now() / 1000, result: 0, ms: 5 });
  await writer.flush();
  await clock.pass(8 * 86_400_000);
  await createRollups(db, clock, log).run();
  expect(
    await db.rows(
      "SELECT (SELECT count(*) FROM sample) AS samples, (SELECT count(*) FROM rollup WHERE tier = 3) AS days",
    ),
  ).toEqual([{ samples: 0, days: 1 }]);
});

test("a database of an older version is brought up to date with all that is in it, also when the program is killed before the end", async () => {
  const old = new Libsql(path, {});
  await old.exec(
    `${migrations[0]}; PRAGMA user_version = 1; INSERT INTO check_name VALUES (7, ` +
      "'blog'); INSERT INTO sample VALUES (7, 60, 1, 5), (7, 50, 0, 4); INSERT INTO " +
      "incident VALUES (3, 'blog', 1, NULL, '{}')",
  );
  // As the second migration leaves it when the machine goes away within: nothing of it.
  await old.exec(`BEGIN IMMEDIATE; ${migrations[1]}; ROLLBACK`);
  old.close();
  const db = await database();
  expect(await db.rows("PRAGMA user_version")).toEqual([{ user_version: migrations.length }]);
  expect(await db.rows("SELECT t, check_id, result, ms FROM sample")).toEqual([
    { t: 50, check_id: 7, result: 0, ms: 4 },
    { t: 60, check_id: 7, result: 1, ms: 5 },
  ]);
  expect((await loadState(db)).nextIncident).toBe(4);
});

test("a database of a newer version is refused with a remedy", async () => {
  const db = await database();
  await db.exec("PRAGMA user_version = 99");
  await expect(openDatabase(path)).rejects.toThrow(
    /newer version \(99\)[^]*install the newer program/,
  );
  expect(statSync(path).size).toBeGreaterThan(0);
});

describe("it starts in any case", () => {
  test("a damaged database is set aside and a new one begun", async () => {
    writeFileSync(path, "this is no database ".repeat(500));
    const { database: db, trouble } = await openOrRecover(path, new FakeClock(), log);
    open.push(db);
    expect(trouble?.lead).toBe("The monitor's history was damaged and begins anew");
    expect(await db.rows("SELECT count(*) AS n FROM incident")).toEqual([{ n: 0 }]);
    expect(
      readdirSync(folder).filter((name) => name.includes(".damaged-20260301T120000")),
    ).toHaveLength(1);
  });

  test("a place that can't be written is done without", async () => {
    const { database: db, trouble } = await openOrRecover(
      join(folder, "missing/x.db"),
      new FakeClock(),
      log,
    );
    open.push(db);
    expect(trouble?.lead).toBe("The monitor runs without its history");
    expect(await db.rows("SELECT count(*) AS n FROM incident")).toEqual([{ n: 0 }]);
  });
});
