import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as soon } from "node:timers/promises";

import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { FailoverOrder, FailoverReport } from "@second-server/contract/failover";

import type { Log } from "../../../../monitor/adapters/log";
import type { Outcome } from "../../../../monitor/checks/outcome";
import {
  type Failover,
  type FailoverDeps,
  openFailover,
} from "../../../../monitor/failover/failover";

const T0 = Date.parse("2026-11-27T20:00:00Z");
const PLACES = ["one.test", "two.test", "three.test"].map((host) => ({ host, port: 443 }));
const QUIET: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

let folder = "";
let now = T0;
let reports = 0;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "failover-"));
  now = T0;
});
afterEach(() => rmSync(folder, { recursive: true }));

const at = (name: string): string => join(folder, "failover", name);
const notes: string[] = [];
/** @param answering of the places outside */
const opened = (answering: readonly string[], more: Partial<FailoverDeps> = {}): Failover =>
  openFailover({
    config: () => ({
      failAfter: 3,
      backAfter: 2,
      perHour: 2,
      ttlSeconds: 60,
      outside: PLACES,
      orderFile: at("order.json"),
      stateFile: at("state.json"),
      reportFile: join(folder, "report.json"),
    }),
    clock: { now: () => now },
    log: QUIET,
    note: (lead) => void notes.push(lead),
    copied: () => ["blog"],
    quiet: () => undefined,
    probe: async ({ host }) => {
      if (!answering.includes(host)) throw new Error("silent");
      return undefined;
    },
    ...more,
  });
const outcome = (result: Outcome["result"]): Outcome => ({ result, ms: 1 });
const rounds = async (failover: Failover, result: Outcome["result"], count: number) => {
  for (let round = 0; round < count; round += 1) {
    failover.seen("host", now, outcome(result));
    failover.seen("ping", now, outcome(result));
    await soon();
    now += 10_000;
  }
};
const ordered = (): FailoverOrder | undefined =>
  existsSync(at("order.json"))
    ? (JSON.parse(readFileSync(at("order.json"), "utf8")) as FailoverOrder)
    : undefined;
/** The unit leaves its word; each is a newer file. */
const reported = (failover: Failover, report: Partial<FailoverReport>): void => {
  const path = join(folder, "report.json");
  const at = new Date(now + (reports += 1)).toISOString();
  writeFileSync(path, JSON.stringify({ at, order: 0, moved: [], ...report }));
  utimesSync(path, now / 1000, now / 1000 + reports);
  failover.tick();
};

test("a primary that is silent while two places outside answer is ordered to be stood in for, and what was decided outlives a restart", async () => {
  const failover = opened(["one.test", "three.test"]);
  await rounds(failover, "pass", 2);
  await rounds(failover, "fail", 3);
  expect(ordered()).toMatchObject({ number: 1, to: "watcher" });
  expect(failover.status()).toMatchObject({ active: "primary", moving: "watcher" });
  reported(failover, { order: 1, active: "watcher", moved: ["blog.example.test"] });
  expect(failover.status()).toMatchObject({ active: "watcher", mode: "auto" });

  const again = opened(["one.test", "three.test"]);
  expect(again.status()).toEqual(failover.status());
  await rounds(again, "pass", 2);
  expect(ordered()).toMatchObject({ number: 2, to: "primary" });
});

test("the last move's report, which still lies there after a restart, is nobody's change by hand; a newer one is", async () => {
  const PUT_RIGHT = "Records of the services were changed by somebody else, and are put right";
  const failover = opened(["one.test", "three.test"]);
  await rounds(failover, "pass", 2);
  await rounds(failover, "fail", 3);
  reported(failover, { order: 1, active: "watcher", moved: ["blog.example.test"] });
  const again = opened(["one.test", "three.test"]);
  notes.length = 0;
  again.tick();
  expect(notes).toEqual([]);
  reported(again, { order: 1, active: "watcher", moved: ["blog.example.test"] });
  expect(notes).toEqual([PUT_RIGHT]);
  opened([]).tick();
  expect(notes).toEqual([PUT_RIGHT]);
});

test("until the primary was seen well it says that it waits", async () => {
  const failover = opened([]);
  expect(failover.status().waiting).toBe(true);
  await rounds(failover, "pass", 2);
  expect(failover.status()).toEqual({ mode: "auto", active: "primary" });
});

test.each([[["one.test"]], [[]]])(
  "with %j answering it is the watcher's own network",
  async (some) => {
    const failover = opened(some);
    await rounds(failover, "pass", 2);
    await rounds(failover, "fail", 9);
    expect(ordered()).toBeUndefined();
  },
);

test("a run that is not believed is no round", async () => {
  const failover = opened(["one.test", "two.test"]);
  await rounds(failover, "pass", 2);
  await rounds(failover, "unknown", 9);
  expect(ordered()).toBeUndefined();
});

test("what the unit found wrong is shown until it is mended", () => {
  const failover = opened([]);
  reported(failover, { error: "DigitalOcean answered 403" });
  expect(failover.status().problem).toBe("DigitalOcean answered 403");
  reported(failover, { active: "primary" });
  expect(failover.status().problem).toBeUndefined();
});

test("a state that can't be read is begun anew", () => {
  const failover = opened([]);
  expect(failover.ask("manual")).toBe('failover is "manual"; the primary serves');
  writeFileSync(at("state.json"), "{");
  expect(opened([]).status()).toEqual({ mode: "auto", active: "primary", waiting: true });
});
