import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, describe, expect, test } from "@jest/globals";
import { labPaths } from "@second-server/local-cloud/paths";

import type { Context } from "../../../cli/context";
import { type Choice, chosen } from "../../../cli/drill-choice";
import { leftOverDrill } from "../../../cli/left-over-drill";
import { withLock } from "../../../cli/lock";
import { jsonReporter } from "../../../cli/progress/reporter";
import { chaosOf, entryNamed } from "../../../drills/chaos";
import { longestGap } from "../../../drills/constant-writer";
import { downMail, upMail } from "../../../drills/disaster";
import type { Disaster, DrillTools, MendTools } from "../../../drills/drill";
import { defaultHistory, earlierRuns, journalOf, rememberRun } from "../../../drills/journal";
import { DRILLS, type DrillEntry, misfit } from "../../../drills/list";
import { canOverlap, wrongMails } from "../../../drills/overlap";
import { mendLeftOver, runOrMend } from "../../../drills/rehearse";
import { renderReport } from "../../../drills/report";
import { createTimeline } from "../../../drills/timeline";

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

test("a drill that wants failover, or none, is left out elsewhere, and says what to do", () => {
  const failover = { failAfter: 3, backAfter: 2, perHour: 2, outside: [] };
  const why = (name: string, fleet: Parameters<typeof misfit>[1]) =>
    misfit(
      DRILLS.find((one) => one.name === name)!,
      fleet,
    );
  expect(why("failover", { failover })).toBeUndefined();
  expect(why("failover", {})).toMatch(/has no failover. Add the key/);
  expect(why("primary-dark", {})).toBeUndefined();
  expect(why("primary-dark", { failover })).toMatch(/drill failover$/);
  expect(why("partition", { failover })).toBeUndefined();
});

test("a drill that wants a third place is left out where the backups have none", () => {
  const entry = DRILLS.find(({ name }) => name === "both-lost")!;
  expect(misfit(entry, {})).toMatch(/no third place/);
  const offsite = { address: "rest:https://offsite.lab.test:8000/", needsSecret: false };
  expect(misfit(entry, { offsite })).toBeUndefined();
});

test("an alert's subject is that of the named check, not of one whose name begins so", () => {
  expect(downMail("primary").test("[f] DOWN: primary")).toBe(true);
  expect(downMail("primary").test("[f] DOWN: primary/host")).toBe(false);
  expect(upMail("a.b").test("[f] UP: a.b (was down 3 s)")).toBe(true);
  expect(upMail("a.b").test("[f] UP: axb (was down 3 s)")).toBe(false);
  expect(downMail("blog").test("[f] DOWN: blog, chat, docs and 7 more")).toBe(false);
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

describe("a drill that fails", () => {
  const signal = new AbortController().signal;
  const played = (mend: () => Promise<void>) => {
    journalOf(context).begin("three");
    const tools = { context, signal, timeline: createTimeline(Date.now) } as unknown as DrillTools;
    return runOrMend({ run: () => Promise.reject(new Error("no mail")), mend }, tools);
  };

  test("is forgotten once it is mended", async () => {
    expect((await played(() => Promise.resolve())).problems).toEqual(["no mail"]);
    expect(leftOverDrill(context)).toBeUndefined();
  });

  test("is named until it is, where it could not be", async () => {
    const { problems } = await played(() => Promise.reject(new Error("no way")));
    expect(problems).toEqual(["no mail", "it could not be mended: no way"]);
    expect(leftOverDrill(context)).toMatch(/^The drill three .*\.\/fleet drill --mend$/);
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

describe("what is rehearsed", () => {
  const now = new Date("2026-11-02T10:00:00Z");
  const wrong = (names: readonly string[], choice: Choice): string => {
    try {
      chosen(names, choice, now);
      return "taken";
    } catch (error) {
      return (error as Error).message;
    }
  };

  test("is the list where nothing is said, and one way only", () => {
    expect(chosen([], {}, now)).toBeUndefined();
    expect(chosen(["list"], {}, now)).toBeUndefined();
    expect(chosen(["nginx-stopped"], {}, now)?.title).toBe("nginx-stopped");
    expect(wrong(["nginx-stopped"], { all: true })).toContain("one of them");
    expect(wrong([], { chaos: "5", soak: "5" })).toContain("one of them");
    expect(wrong(["nginx-stopped"], { schedule: "systemd" })).toContain("one of them");
    expect(wrong(["no-such"], {})).toContain('no drill "no-such"');
  });

  test("takes whole minutes and numbers in their range, where they have a meaning", () => {
    for (const chaos of ["0", "-1", "1.5", "", "5m", "1e3"])
      expect(wrong([], { chaos })).toContain("--chaos is a whole number from 1");
    expect(wrong([], { chaos: "5", atOnce: "3" })).toContain("--at-once is a whole number");
    expect(wrong([], { soak: "5", load: "many" })).toContain("--load is a whole number");
    expect(wrong(["nginx-stopped"], { load: "5" })).toBe("fleet drill: --load goes with --soak.");
    expect(wrong([], { all: true, seed: "5" })).toContain("go with --chaos");
  });

  test("by chaos ends with its time, and is the same again for the same seed", async () => {
    const choice = { chaos: "30", seed: "7" };
    expect(chosen([], choice, now)?.until).toBe(now.getTime() + 30 * 60_000);
    const first = async (seed: number, atOnce: 1 | 2): Promise<readonly string[]> => {
      const names: string[] = [];
      for await (const { name } of chaosOf(DRILLS, { atOnce, seed })) {
        names.push(name);
        if (names.length === DRILLS.length) break;
      }
      return names;
    };
    expect(await first(7, 1)).toEqual(await first(7, 1));
    expect(await first(7, 1)).not.toEqual(await first(8, 1));
    // None twice before all have come.
    expect(new Set(await first(7, 1)).size).toBe(DRILLS.length);
    for (const name of await first(7, 2)) expect(entryNamed(DRILLS, name)?.name).toBe(name);
    // Left out where one of the two is.
    expect(entryNamed(DRILLS, "clock-wrong + primary-dark")?.failover).toBe(false);
  });

  test("at once never takes the same thing twice, nor two machines out of reach", async () => {
    const disasters = new Map<string, Disaster | undefined>();
    for (const { name, load } of DRILLS) disasters.set(name, (await load()).drill.disaster);
    const can = (one: string, other: string): boolean =>
      canOverlap(disasters.get(one)!, disasters.get(other)!);
    expect(can("service-errors", "watcher-dark")).toBe(true);
    expect(can("service-errors", "service-slow")).toBe(false);
    expect(can("primary-dark", "watcher-dark")).toBe(false);
    expect(can("primary-dark", "lossy-link")).toBe(false);
    // Its own mails are looked at while it is broken.
    expect(can("relay-down", "watcher-dark")).toBe(false);
  });

  test("of two at once each alert has its all-clear, and none is about a machine that is well", () => {
    const mails = (...subjects: string[]) =>
      subjects.map((subject) => ({ subject: `[f] ${subject}` }));
    const well = mails("DOWN: nginx", "UP: nginx (was down 3 s)");
    expect(wrongMails(well, ["nginx", "the cloud"])).toEqual([]);
    expect(wrongMails(well.slice(0, 1), ["nginx", "the cloud"])).toEqual([
      "an alert of nginx, and no all-clear",
    ]);
    expect(wrongMails(well.slice(1), ["nginx", "the cloud"])).toHaveLength(1);
    const many = mails("DOWN: a, b and 2 more", "UP: a, b, c, d (were down 3 s)");
    expect(wrongMails(many, ["nginx", "the cloud"])).toEqual([]);
    expect(wrongMails(many.slice(0, 1), ["nginx", "the cloud"])).toHaveLength(2);
    expect(wrongMails([...many, ...mails("DOWN: e")], ["nginx", "the cloud"])).toHaveLength(1);
    const watcher = mails("DOWN: watcher", "UP: watcher (was down 9 s)");
    expect(wrongMails(watcher, ["nginx", "the cloud"])).toHaveLength(1);
    expect(wrongMails(watcher, ["nginx", "the watcher"])).toEqual([]);
  });

  test("by soaking breaks nothing, and says how long and under what", async () => {
    const [entry] = [
      ...(chosen([], { soak: "30", load: "20" }, now)!.entries as Iterable<DrillEntry>),
    ];
    expect(entry).toMatchObject({ name: "soak-at-load-20", expects: "not one mail" });
    const { disaster } = (await entry!.load()).drill;
    expect(disaster?.silenceSeconds).toBe(1800);
    expect(disaster?.alertOf).toBeUndefined();
  });
});
