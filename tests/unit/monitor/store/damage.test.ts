import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";

import { createObservatory, type Observatory } from "../../../../monitor/compose";
import { leaveOut } from "../../../../monitor/observatory";
import { openDatabase } from "../../../../monitor/store/database";
import { loadState } from "../../../../monitor/store/load-state";
import { openOrRecover } from "../../../../monitor/store/recover";
import { createRollups } from "../../../../monitor/store/rollups";
import { checkState, read } from "../../../../monitor/store/shapes";
import { tiers } from "../../../../monitor/store/tiers";
import { openFileJournal } from "../../../../monitor/watchdog/file-journal";
import { FakeClock } from "../fake-clock";
import { Site, quiet } from "../site";

const garbage = [
  "",
  "{",
  "null",
  "[]",
  "17",
  '"text"',
  "{}",
  '{"id":"one","firing":1,"message":null}',
];

describe("damaged rows", () => {
  let site: Site;
  beforeEach(async () => {
    site = await Site.open();
  });
  afterEach(() => site.close());
  const down = async (...names: string[]): Promise<void> => {
    site.round();
    for (let time = 0; time < 3; time += 1)
      site.round(Object.fromEntries(names.map((name) => [name, `HTTP 500 from ${name}`])));
    await site.observatory.writer.flush();
  };
  /** As after a restart, on the same database. */
  const again = async (): Promise<Observatory> => {
    const saved = await loadState(site.database);
    const later = createObservatory({
      config: site.observatory.view.config(),
      database: site.database,
      saved,
      clock: site.clock,
      log: quiet,
    });
    leaveOut(later, saved.damaged, quiet);
    return later;
  };
  const subjects = (observatory: Observatory): string[] =>
    observatory.queue.waiting().map(({ message }) => message.subject);

  test.each(garbage)(
    "a start reads past %j in any row, says which, and does not stumble over it again",
    async (json) => {
      await down("blog", "chat");
      const stored = `'${json}'`;
      await site.database
        .exec(`UPDATE check_state SET json = ${stored} WHERE name = 'blog'; UPDATE incident SET json = ${stored} WHERE id = 2; UPDATE outbox SET json = ${stored} WHERE id = 1;
      INSERT OR REPLACE INTO meta VALUES ('windows', '{"a":1}'), ('beats', '[3]'), ('deaf', '${json === "[]" ? "{" : json}'), ('offline', 'soon')`);
      const { damaged, states, open, queued } = await loadState(site.database);
      expect(damaged.map(({ what }) => what).sort()).toEqual([
        "incident 2",
        "message 1",
        "the state of blog",
        'what is remembered as "beats"',
        'what is remembered as "deaf"',
        'what is remembered as "offline"',
        'what is remembered as "windows"',
      ]);
      expect([states.get("primary")?.lastOk, open.length, queued.length]).toEqual([true, 1, 1]);
      const later = await again();
      expect(subjects(later).at(-1)).toContain(
        "Some of what the monitor had written down is damaged",
      );
      await later.writer.flush();
      expect((await loadState(site.database)).damaged).toEqual([]);
      later.stop();
    },
  );

  test("an incident whose check's state is lost still ends with its all-clear; one that is lost itself is told once more", async () => {
    await down("blog", "chat");
    await site.database.exec(
      "UPDATE check_state SET json = '{' WHERE name = 'blog'; UPDATE incident SET json = '{' WHERE check_name = 'chat'; DELETE FROM outbox",
    );
    const later = await again();
    const take = (id: string, error?: string): void =>
      later.alerting.happened({
        kind: "ran",
        check: id,
        began: site.clock.now(),
        outcome: error === undefined ? { result: "pass", ms: 1 } : { result: "fail", ms: 1, error },
      });
    for (const id of ["primary", "blog", "blog"]) take(id);
    take("chat", "HTTP 500");
    expect(subjects(later).slice(1)).toEqual(["[lab] DOWN: chat", "[lab] UP: blog (was down 0 s)"]);
    later.stop();
  });

  test("pages leave out what is damaged and say so; the rest is there", async () => {
    await site.history("blog", { 1: 900 });
    await down("blog");
    await site.database
      .exec(`INSERT INTO incident VALUES (7, 'chat', 'x', 5, '{"id":7}'), (8, 'blog', 1, 2, 'no JSON'); INSERT INTO event (incident, at, kind, text) VALUES (1, 'never', 'opened', 'x'), (1, 9e18, 'opened', 'x');
      UPDATE rollup SET p50 = 'fast' WHERE t = (SELECT min(t) FROM rollup); INSERT INTO rollup SELECT 3, id, 9e17, 1, 1, 1, 1, 1, 1, 1 FROM check_name`);
    expect(
      ((await (await site.get("/api/incidents")).json()) as { id: number }[]).map(({ id }) => id),
    ).toEqual([1]);
    for (const path of [
      "/",
      "/incidents",
      "/service/blog?span=quarter",
      "/incident/1",
      "/feed.xml",
      "/badge/blog-uptime.svg",
      "/api/history/blog?span=quarter",
    ])
      expect([path, (await site.get(path)).status]).toEqual([path, 200]);
    expect(await site.text("/incidents")).toContain("4 damaged records are left out.");
    expect((await site.get("/incident/8")).status).toBe(404);
    const { p50 } = (await (await site.get("/api/history/blog?span=quarter")).json()) as {
      p50: unknown[];
    };
    expect([p50.length, p50.every((value) => typeof value === "number")]).toEqual([89, true]);
  });

  test("pages and the report stay up without the history, and claim nothing of it", async () => {
    await down("blog");
    await site.database.exec("DROP TABLE incident; DROP TABLE rollup; DROP TABLE event");
    for (const path of ["/", "/incidents", "/service/blog", "/incident/1"])
      expect([path, (await site.get(path)).status]).toEqual([path, 200]);
    const page = await site.text("/");
    expect(page).toContain("1 of 3 services is not well");
    expect(page).toContain("The history can&#39;t be read now");
    expect(page).not.toContain("None so far");
    expect((await site.get("/api/incidents")).status).toBe(503);
    const report = await site.observatory.reporter.report(true);
    expect(report?.subject).toContain("Report: 1 of 4");
    expect(report?.text).toContain("The history can't be read now");
  });

  test("a mark of the rollups that makes no sense costs no day that is whole", async () => {
    const now = site.clock.now() / 1000;
    site.observatory.writer.sample({ check: "blog", t: now - 3600, result: 0, ms: 5 });
    await site.observatory.writer.flush();
    await site.database.exec("INSERT OR REPLACE INTO meta VALUES ('rolled hour', 'garbage')");
    await createRollups(site.database, site.clock, quiet).roll(tiers[1]!);
    expect(await site.database.rows("SELECT count(*) AS n FROM rollup WHERE tier = 2")).toEqual([
      { n: 1 },
    ]);
  });
});

describe("damaged files", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "damage-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const path = (): string => join(folder, "observatory.db");
  const made = async (): Promise<Buffer> => {
    const database = await openDatabase(path());
    await database.exec(
      "INSERT INTO check_name VALUES (1, 'blog'); WITH RECURSIVE n(i) AS (SELECT 1 UNION " +
        "ALL SELECT i + 1 FROM n WHERE i < 4000) INSERT INTO sample SELECT i, 1, 0, 5 FROM " +
        "n; PRAGMA wal_checkpoint(TRUNCATE)",
    );
    database.close();
    return readFileSync(path());
  };
  const start = async (): Promise<string> => {
    const { database, trouble } = await openOrRecover(path(), new FakeClock(), quiet);
    await database.exec("INSERT OR REPLACE INTO meta VALUES ('x', '1')");
    database.close();
    return trouble?.lead ?? "well";
  };

  test.each([
    ["zeros", (whole: Buffer) => Buffer.alloc(whole.length)],
    [
      "garbage in its middle",
      (whole: Buffer) =>
        Buffer.concat([
          whole.subarray(0, 40_960),
          Buffer.alloc(4096, 0xa5),
          whole.subarray(45_056),
        ]),
    ],
    ["half of it", (whole: Buffer) => whole.subarray(0, 24_576)],
  ])("%s instead of the database: set aside, and begun anew", async (_, damage) => {
    writeFileSync(path(), damage(await made()));
    expect(await start()).toBe("The monitor's history was damaged and begins anew");
    expect(await start()).toBe("well");
  });

  test("a database of a newer program is left as it is, and the monitor runs without", async () => {
    await made();
    const database = await openDatabase(path());
    await database.exec("PRAGMA user_version = 99; PRAGMA wal_checkpoint(TRUNCATE)");
    database.close();
    const { size } = statSync(path());
    expect(await start()).toBe("The monitor runs without its history");
    expect(statSync(path()).size).toBe(size);
  });

  test.each(garbage)("the primary's own memory of the watcher begins anew after %j", (json) => {
    const file = join(folder, "watcher.json");
    writeFileSync(file, json);
    expect(openFileJournal(file, quiet).remembered()).toMatchObject({
      open: [],
      nextIncident: 1,
      queued: [],
    });
  });
});

test("a state that an earlier program stored before the first run is whole", () => {
  const json = JSON.stringify({ firing: false, streak: 0, lastOk: null });
  expect(read(json, checkState)).toEqual({ firing: false, streak: 0 });
});
