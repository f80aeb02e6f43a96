import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "@jest/globals";
import Libsql from "libsql/promise";

import { openDatabase } from "../../../../monitor/store/database";
import { loadState } from "../../../../monitor/store/load-state";
import { migrations } from "../../../../monitor/store/migrations";
import { Site } from "../site";

const FIXTURE = join(__dirname, "../../../fixtures/observatory-1.sql");

let folder = "";
let path = "";
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "older-release-"));
  path = join(folder, "observatory.db");
  const written = new Libsql(path, {});
  await written.exec(readFileSync(FIXTURE, "utf8"));
  written.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

test.each(["the first", "the next"])(
  "a database of the first release opens whole at %s start: nothing of it is taken for damage",
  async () => {
    const database = await openDatabase(path);
    const saved = await loadState(database);
    expect(saved.damaged).toEqual([]);
    expect([...saved.states.keys()].sort()).toEqual(["blog", "chat", "dead-drop", "primary"]);
    expect(saved.states.get("blog")).toMatchObject({ firing: true, lastError: "HTTP 500" });
    expect(saved.open).toMatchObject([{ id: 2, check: "blog" }]);
    expect(saved).toMatchObject({ nextIncident: 3, nextMessage: 4 });
    expect(saved.queued.map(({ message }) => message.subject)).toEqual([
      "[lab] DOWN: chat",
      "[lab] UP: chat (was down 70 s)",
      "[lab] DOWN: blog",
    ]);
    expect(saved.lastRunAt).toBe(Date.parse("2026-11-21T11:03:00Z"));
    const counts = await database.rows("SELECT result, count(*) AS n FROM sample GROUP BY result");
    expect(counts).toEqual([
      { result: 0, n: 64 },
      { result: 1, n: 12 },
    ]);
    expect(await database.rows("PRAGMA user_version")).toEqual([
      { user_version: migrations.length },
    ]);
    database.close();
  },
);

test("its outages and days are on the pages, and what was down goes on being down, told once", async () => {
  const site = await Site.open({ database: path });
  try {
    const incidents: unknown = await (await site.get("/api/incidents")).json();
    expect(incidents).toMatchObject([
      { id: 2, check: "blog" },
      { id: 1, check: "chat" },
    ]);
    expect(await site.text("/incident/1")).toContain("HTTP 502");
    const { records } = site.observatory;
    expect(await records.timeline(1)).toMatchObject([{ kind: "opened" }, { kind: "resolved" }]);
    expect((await records.days()).get("blog")).toContainEqual(
      expect.objectContaining({ passes: 7776, fails: 864 }),
    );
    for (let round = 0; round < 3; round += 1) site.round({ blog: "HTTP 500" });
    expect(site.observatory.queue.waiting()).toHaveLength(3);
    for (let round = 0; round < 3; round += 1) site.round();
    expect(site.observatory.queue.waiting().at(-1)?.message.subject).toMatch(/^\[lab\] UP: blog/);
  } finally {
    await site.close();
  }
});
