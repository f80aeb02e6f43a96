import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, describe, expect, test } from "@jest/globals";
import { labPaths } from "@second-server/local-cloud/paths";

import type { Context } from "../../../cli/context";
import { withLock } from "../../../cli/lock";
import { jsonReporter } from "../../../cli/progress/reporter";
import { longestGap } from "../../../drills/constant-writer";
import { downMail, upMail } from "../../../drills/disaster";
import type { MendTools } from "../../../drills/drill";
import { defaultHistory, earlierRuns, journalOf, rememberRun } from "../../../drills/journal";
import { DRILLS, type DrillEntry } from "../../../drills/list";
import { mendLeftOver } from "../../../drills/rehearse";
import { renderReport } from "../../../drills/report";

const STATE = mkdtempSync(join(tmpdir(), "fleet-drills-"));
afterAll(() => rmSync(STATE, { recursive: true, force: true }));
const context: Context = {
  project: STATE,
  stack: "local",
  local: true,
  json: true,
  paths: labPaths(STATE),
};

const RUN = {
  drill: "nginx-stopped",
  began: "2026-11-02T10:00:00.000Z",
  seconds: 61.5,
  ok: true,
  measures: { "broken to alert": 24.1 },
  marks: [
    { at: 0.4, what: "nginx is stopped" },
    { at: 24.5, what: "the alert is in the inbox", detail: "<DOWN: nginx>" },
  ],
  writes: { acknowledged: 30, lost: 0, longestGapSeconds: 28.9 },
};

test("every drill is named once and has a file with something to run and to mend", async () => {
  expect(new Set(DRILLS.map(({ name }) => name)).size).toBe(DRILLS.length);
  for (const { name, load } of DRILLS) {
    const { drill } = await load();
    expect({ name, run: typeof drill.run, mend: typeof drill.mend }).toEqual({
      name,
      run: "function",
      mend: "function",
    });
  }
});

test("an alert's subject is that of the named check, not of one whose name begins so", () => {
  expect(downMail("primary").test("[f] DOWN: primary")).toBe(true);
  expect(downMail("primary").test("[f] DOWN: primary/host")).toBe(false);
  expect(upMail("a.b").test("[f] UP: a.b (was down 3 s)")).toBe(true);
  expect(upMail("a.b").test("[f] UP: axb (was down 3 s)")).toBe(false);
});

test("the longest time without a write counts its beginning and its end, and all of it where none was taken", () => {
  expect(longestGap([], 1000, 61_000)).toBe(60);
  expect(longestGap([{ n: 1, at: 2000 }], 1000, 9000)).toBe(7);
  const writes = [2000, 3000, 8340, 9000].map((at, n) => ({ n, at }));
  expect(longestGap(writes, 1000, 9500)).toBe(5.3);
});

describe("a drill that was killed", () => {
  const reporter = jsonReporter({ write: () => true }, Date.now);
  // Nothing of it is touched by a drill that only notes that it was mended.
  const tools = { context, reporter } as unknown as MendTools;
  const mended: string[] = [];
  const entry = (name: string, mend: () => Promise<void>): DrillEntry => ({
    name,
    summary: "",
    expects: "",
    load: () => Promise.resolve({ drill: { run: () => Promise.resolve({}), mend } }),
  });

  test("is mended by the next command, once", async () => {
    const entries = [entry("one", () => Promise.resolve(void mended.push("one")))];
    journalOf(context).begin("one");
    expect(await mendLeftOver(context, entries, tools)).toBe("one");
    expect(await mendLeftOver(context, entries, tools)).toBeUndefined();
    expect(mended).toEqual(["one"]);
  });

  test("stays noted where it could not be mended", async () => {
    const entries = [entry("two", () => Promise.reject(new Error("no way")))];
    journalOf(context).begin("two");
    await expect(mendLeftOver(context, entries, tools)).rejects.toThrow("no way");
    expect(journalOf(context).underWay()?.drill).toBe("two");
    journalOf(context).end();
  });
});

test("a drill's lock keeps off another drill, and not the commands that it runs itself", async () => {
  await withLock(
    context,
    "drill one",
    async () => {
      await expect(
        withLock(context, "drill two", () => Promise.resolve(), "drill"),
      ).rejects.toThrow(/"fleet drill one" is at work/);
      expect(await withLock(context, "recover", () => Promise.resolve("done"))).toBe("done");
    },
    "drill",
  );
});

test("runs are remembered, the oldest first", () => {
  const file = defaultHistory(context);
  expect(earlierRuns(file)).toEqual([]);
  rememberRun(file, RUN);
  rememberRun(file, { ...RUN, began: "2026-11-09T10:00:00.000Z" });
  expect(existsSync(file)).toBe(true);
  expect(readFileSync(file, "utf8").trimEnd().split("\n")).toHaveLength(2);
  expect(earlierRuns(file).map(({ began }) => began)).toEqual([
    "2026-11-02T10:00:00.000Z",
    "2026-11-09T10:00:00.000Z",
  ]);
});

describe("the report", () => {
  const failed = {
    ...RUN,
    drill: "partition",
    ok: false,
    error: "no <mail>",
    measures: {},
  };
  const page = renderReport({
    fleet: "a & b",
    runs: [
      { ...RUN, began: "2026-11-16T10:00:00.000Z", measures: { "broken to alert": 30 } },
      failed,
    ],
    earlier: [RUN],
    now: new Date("2026-11-16T10:05:00Z"),
  });

  test("has this run's figures beside the last run's, the newest first", () => {
    expect(page).toMatch(/broken to alert<\/td><td[^>]*>30\.0 s<\/td><td[^>]*>24\.1 s<\/td>/);
  });
  test("says what failed, and how many writes are lost", () => {
    expect(page).toContain("1 of 2 failed.");
    expect(page).toContain("no &lt;mail&gt;");
    expect(page).toContain("0 of 30");
  });
  test("asks nobody for anything, and takes no text for markup", () => {
    expect(page).not.toMatch(/(src|href)="(?!#)/);
    expect(page).toContain("&lt;DOWN: nginx&gt;");
    expect(page).toContain("Drills of a &amp; b");
  });
});
