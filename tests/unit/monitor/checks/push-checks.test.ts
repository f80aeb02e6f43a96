import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { cronOf } from "@second-server/contract/calendar";
import type { HeartbeatCheck, HostCheck } from "@second-server/contract/check-settings";
import type { HostFacts, MachineReport } from "@second-server/contract/reports";
import { Cron } from "croner";

import { beat } from "../../../../monitor/checks/beats";
import { checkDrift } from "../../../../monitor/checks/drift";
import { judgeBeat } from "../../../../monitor/checks/heartbeat";
import { judgeHost } from "../../../../monitor/checks/host";
import { countUpgrades, createMachineFacts } from "../../../../monitor/checks/machine-facts";
import { runCheck } from "../../../../monitor/checks/run";
import { judgeUnit } from "../../../../monitor/checks/unit";
import { createObservatory } from "../../../../monitor/compose";
import { loadState } from "../../../../monitor/store/load-state";
import { quiet, Site } from "../site";

describe("systemd's calendar as cron", () => {
  const next = (schedule: string): string =>
    new Cron(cronOf(schedule)).nextRun(new Date(2026, 2, 4, 10, 7, 30))?.toLocaleString("sv-SE") ??
    "never";
  test.each([
    ["daily", "2026-03-05 00:00:00"],
    ["hourly", "2026-03-04 11:00:00"],
    ["weekly", "2026-03-09 00:00:00"],
    ["*-*-* 03:30:00", "2026-03-05 03:30:00"],
    ["Mon..Fri 09:00", "2026-03-05 09:00:00"],
    ["Sat,Sun *-*-* 04:05:06", "2026-03-07 04:05:06"],
    ["*-*-01 00:00", "2026-04-01 00:00:00"],
    ["*:0/15", "2026-03-04 10:15:00"],
    ["*-*-* 00/6:00:00", "2026-03-04 12:00:00"],
    ["15 3 * * *", "2026-03-05 03:15:00"],
    ["03:15", "2026-03-05 03:15:00"],
    ["monthly", "2026-04-01 00:00:00"],
    ["Mon *-*-01..07 03:00", "2026-04-06 03:00:00"],
    ["0 3 1-7 * mon", "2026-03-05 03:00:00"],
  ])("%s → %s", (schedule, expected) => expect(next(schedule)).toBe(expected));
  test.each(["2027-*-* 03:00", "*-*~1 03:00", "Mon *-*-* 03:00 Europe/Berlin"])(
    "%s is refused",
    (schedule) => expect(() => cronOf(schedule)).toThrow("write it as cron"),
  );
});

describe("a job's heartbeat", () => {
  const check: HeartbeatCheck = {
    kind: "heartbeat",
    id: "renewal",
    token: "t",
    periodSeconds: 3600,
    graceSeconds: 600,
  };
  const start = Date.parse("2026-03-01T12:00:00Z");
  const minutes = (count: number): number => start + count * 60_000;

  test("in time, late, failed, hanging, and well again", () => {
    let said = beat(undefined, "done", start, "");
    expect(judgeBeat(check, said, minutes(69))).toBe("last heard 69 min 0 s ago");
    expect(() => judgeBeat(check, said, minutes(71))).toThrow(
      "last heard at 2026-03-01 12:00:00 UTC; expected by 2026-03-01 13:10:00 UTC",
    );
    said = beat(said, "start", minutes(60), "");
    expect(() => judgeBeat(check, said, minutes(71))).toThrow(
      "started at 2026-03-01 13:00:00 UTC and has not ended in 11 min 0 s",
    );
    said = beat(said, "fail", minutes(72), "no\u0007 space\nleft");
    expect(() => judgeBeat(check, said, minutes(73))).toThrow(
      "reported a failure at 2026-03-01 13:12:00 UTC: no space left",
    );
    expect(judgeBeat(check, beat(said, "done", minutes(80), ""), minutes(81))).toBe(
      "last heard 60 s ago",
    );
  });

  test("one that was never heard has its first period too", () => {
    expect(judgeBeat(check, { known: start }, minutes(69))).toBe("not heard yet, not due");
    expect(() => judgeBeat(check, { known: start }, minutes(71))).toThrow(
      "never heard of; expected by",
    );
  });

  test("by a schedule: the next turn after the last success, and the grace", () => {
    const nightly: HeartbeatCheck = {
      kind: "heartbeat",
      id: "b",
      token: "t",
      schedule: "*-*-* 03:00:00",
      graceSeconds: 1800,
    };
    const done = new Date(2026, 2, 1, 3, 10).getTime();
    expect(judgeBeat(nightly, { known: 0, done }, new Date(2026, 2, 2, 3, 29).getTime())).toContain(
      "last heard",
    );
    expect(() =>
      judgeBeat(nightly, { known: 0, done }, new Date(2026, 2, 2, 3, 31).getTime()),
    ).toThrow("expected by");
  });
});

describe("a heartbeat that nobody could hear", () => {
  const hourly: HeartbeatCheck = {
    kind: "heartbeat",
    id: "x",
    token: "t",
    periodSeconds: 3600,
    graceSeconds: 600,
  };
  const nightly: HeartbeatCheck = {
    kind: "heartbeat",
    id: "x",
    token: "t",
    schedule: "*-*-* 03:00:00",
    graceSeconds: 1800,
  };
  const at = (day: number, hour: number, minute = 0): number =>
    new Date(2026, 2, day, hour, minute).getTime();
  const late = (
    check: HeartbeatCheck,
    beats: Parameters<typeof judgeBeat>[1],
    now: number,
    ...gaps: readonly (readonly [from: number, to: number])[]
  ): boolean => {
    try {
      judgeBeat(
        check,
        beats,
        now,
        gaps.map(([from, to]) => ({ from, to })),
      );
      return false;
    } catch {
      return true;
    }
  };
  const done = { known: 0, done: at(1, 12) };

  test("due while nobody listened: the next one is waited for, and no longer", () => {
    expect(late(hourly, done, at(1, 13, 11))).toBe(true);
    expect(late(hourly, done, at(1, 13, 11), [at(1, 12, 55), at(1, 13, 5)])).toBe(false);
    expect(late(hourly, done, at(1, 14, 14), [at(1, 12, 55), at(1, 13, 5)])).toBe(false);
    expect(late(hourly, done, at(1, 14, 16), [at(1, 12, 55), at(1, 13, 5)])).toBe(true);
  });
  test("a weekend without the Observatory: a period and the grace from its start on", () => {
    expect(late(hourly, done, at(3, 10, 9), [at(1, 12, 1), at(3, 9)])).toBe(false);
    expect(late(hourly, done, at(3, 10, 11), [at(1, 12, 1), at(3, 9)])).toBe(true);
  });
  test("a gap in which nothing was due excuses nothing, however many there are", () => {
    expect(
      late(
        hourly,
        done,
        at(1, 13, 11),
        [at(1, 12, 1), at(1, 12, 40)],
        [at(1, 12, 41), at(1, 12, 49)],
      ),
    ).toBe(true);
    const daily: HeartbeatCheck = { ...hourly, periodSeconds: 86_400 };
    expect(
      late(daily, done, at(2, 12, 11), [at(1, 18), at(1, 18, 1)], [at(2, 8), at(2, 8, 1)]),
    ).toBe(true);
  });
  test("two gaps in a row", () => {
    expect(
      late(
        hourly,
        done,
        at(1, 14, 20),
        [at(1, 12, 55), at(1, 13, 5)],
        [at(1, 13, 58), at(1, 14, 2)],
      ),
    ).toBe(false);
    expect(
      late(
        hourly,
        done,
        at(1, 15, 20),
        [at(1, 12, 55), at(1, 13, 5)],
        [at(1, 13, 58), at(1, 14, 2)],
      ),
    ).toBe(true);
  });
  test("by a schedule: a turn that fell into the gap is left out, the next is not", () => {
    expect(
      late(nightly, { known: 0, done: at(1, 3, 10) }, at(2, 3, 31), [at(2, 2), at(2, 3, 20)]),
    ).toBe(false);
    expect(
      late(nightly, { known: 0, done: at(1, 3, 10) }, at(3, 3, 31), [at(2, 2), at(2, 3, 20)]),
    ).toBe(true);
    expect(
      late(nightly, { known: 0, done: at(1, 3, 10) }, at(2, 3, 31), [at(1, 20), at(2, 2, 59)]),
    ).toBe(true);
  });
  test("an end that could have been said only then is not missed", () => {
    expect(late(hourly, { ...done, started: at(1, 12, 50) }, at(1, 13, 5))).toBe(true);
    expect(
      late(hourly, { ...done, started: at(1, 12, 50) }, at(1, 13, 5), [
        at(1, 12, 55),
        at(1, 12, 58),
      ]),
    ).toBe(false);
  });
});

const facts: HostFacts = {
  memoryPercent: 71,
  diskPercent: 91.5,
  inodesPercent: 3,
  load: 0.4,
  rebootPending: true,
  rebootPendingSeconds: 3 * 86_400,
  upgradesPending: 12,
  units: { "nginx.service": "active", "cron.service": "failed" },
};
const host = (limits: HostCheck["limits"]): HostCheck => ({ kind: "host", id: "x", limits });

test("host metrics: every limit that is passed is named", () => {
  expect(judgeHost(host({ memoryPercent: 90, diskPercent: 95, clockSeconds: 5 }), facts, 900)).toBe(
    "memory 71 %, disk 91.5 %, load 0.4; a reboot is pending for 3 days 0 h; upgrades pending: 12",
  );
  expect(() =>
    judgeHost(
      host({ diskPercent: 90, rebootPendingSeconds: 2 * 86_400, clockSeconds: 5 }),
      facts,
      -61_000,
    ),
  ).toThrow(
    "disk 91.5 %, more than 90 %; clock is off by 61 s, more than 5 s; a reboot is pending for 3 days 0 h, more than 2 days 0 h",
  );
});

test("a reboot is overdue after its limit, not before, and an older machine that does not say since when is not accused", () => {
  const week = host({ rebootPendingSeconds: 604_800 });
  const pending = (rebootPendingSeconds?: number) =>
    judgeHost(week, { ...facts, rebootPendingSeconds }, 0);
  expect(pending(604_799)).toContain("a reboot is pending for 6 days 23 h");
  expect(() => pending(8 * 86_400)).toThrow("pending for 8 days 0 h, more than 7 days 0 h");
  expect(pending()).toContain("a reboot is pending");
});

test("upgrades that install themselves are counted apart from those that don't", () => {
  const simulated = [
    "Inst libssl3t64 [3.5.1-1] (3.5.1-1+deb13u1 Debian-Security:13/stable-security [amd64])",
    "Inst base-files [13.8] (13.8+deb13u1 Debian:13.1/stable [amd64])",
    "Inst bash [5.2-1] (5.2-2 Debian:12.11/oldstable, Debian-Security:12/oldstable-security [amd64])",
    "Inst tzdata [2025a-1] (2025b-1 Debian:13-updates/stable-updates [all])",
    "Inst nodejs [20.1-1] (20.2-1 nodesource:nodistro [amd64])",
    "Conf libssl3t64 (3.5.1-1+deb13u1 Debian-Security:13/stable-security [amd64])",
  ].join("\n");
  expect(countUpgrades(simulated)).toEqual({ all: 5, own: 3 });
});

test("since when upgrades wait outlives a restart, and ends with the last of them", async () => {
  const folder = mkdtempSync(join(tmpdir(), "facts-"));
  const hours = (count: number): number => count * 3_600_000;
  const lookAt = async (now: number, own: number): Promise<number | undefined> => {
    const facts = createMachineFacts(folder, () => Promise.resolve({ all: own + 2, own }));
    await facts.look([], now);
    return (await facts.look([], now)).upgradesPendingSeconds;
  };
  expect(await lookAt(hours(1), 1)).toBe(0);
  expect(await lookAt(hours(200), 3)).toBe(199 * 3600);
  expect(await lookAt(hours(201), 0)).toBeUndefined();
  expect(await lookAt(hours(202), 1)).toBe(0);
  expect(await lookAt(hours(10), 1)).toBe(0);
});

test("upgrades are overdue after their limit, and the facts say so before", () => {
  const week = host({ upgradesPendingSeconds: 604_800 });
  const waiting = (upgradesPendingSeconds?: number) =>
    judgeHost(week, { ...facts, upgradesPendingSeconds }, 0);
  expect(waiting()).toContain("upgrades pending: 12");
  expect(waiting(604_800)).toContain("some for 7 days 0 h although they install themselves");
  expect(() => waiting(604_801)).toThrow(
    "upgrades that install themselves are pending for 7 days 0 h, more than 7 days 0 h",
  );
});

test("the checks of reboots and upgrades say what was, for the report and the status page", () => {
  const was = {
    ...facts,
    rebootPending: false,
    upgradesPending: 0,
    upSeconds: 7200,
    upgraded: {
      at: Date.parse("2026-11-28T06:12:00Z"),
      packages: ["libssl3t64"],
      restarted: Array.from({ length: 10 }, (_, index) => `unit${index}`),
    },
  };
  expect(judgeHost(host({ rebootPendingSeconds: 604_800 }), was, 0)).toMatch(/; up for 2 h 0 min$/);
  expect(judgeHost(host({ upgradesPendingSeconds: 604_800 }), was, 0)).toMatch(
    /; last upgraded 2026-11-28 06:12:00 UTC: libssl3t64; restarted: unit0, .*, unit7 and 2 more$/,
  );
  expect(judgeHost(host({ diskPercent: 95 }), was, 0)).not.toMatch(/up for|upgraded/);
});

test("units: active passes, others say their state", () => {
  const now = { report: facts, crashLoop: () => undefined };
  expect(judgeUnit("nginx.service", now)).toBe("active");
  expect(() => judgeUnit("cron.service", now)).toThrow("cron.service is failed");
  expect(() => judgeUnit("nope.service", now)).toThrow("not among the units");
});

test("this machine can be looked at", async () => {
  const folder = mkdtempSync(join(tmpdir(), "facts-"));
  const host = createMachineFacts(folder, () => Promise.resolve({ all: 7, own: 0 }));
  await host.look([], 0);
  const seen = await host.look([], 1);
  expect(seen.upgradesPending).toBe(7);
  expect(seen.upgradesPendingSeconds).toBeUndefined();
  expect(seen.memoryPercent).toBeGreaterThan(0);
  expect(seen.diskPercent).toBeLessThanOrEqual(100);
});

test("a copy that differs from its list names the file", async () => {
  const folder = mkdtempSync(join(tmpdir(), "drift-"));
  writeFileSync(join(folder, "a"), "one");
  writeFileSync(
    join(folder, "list.json"),
    JSON.stringify({
      files: [{ path: "a", sha256: createHash("sha256").update("one").digest("hex") }],
    }),
  );
  const check = { kind: "drift", id: "x", folder, manifest: join(folder, "list.json") } as const;
  expect(await checkDrift(check)).toBe("1 files agree");
  writeFileSync(join(folder, "a"), "two");
  await expect(checkDrift(check)).rejects.toThrow("1 of 1 files differ: a");
  rmSync(folder, { recursive: true });
});

describe("what the Observatory is told", () => {
  let site: Site;
  beforeEach(async () => {
    site = await Site.open({
      checks: [
        {
          kind: "heartbeat",
          id: "renewal",
          token: "tok-1",
          periodSeconds: 60,
          graceSeconds: 60,
        },
        { kind: "unit", id: "primary/nginx", unit: "nginx.service" },
      ],
    });
  });
  afterEach(() => site.close());
  const perform = (id: string) =>
    runCheck(
      site.observatory.alerting.state().watched.get(id)?.check as never,
      1000,
      site.observatory.pushChecks,
    );

  test("a job's word, by a token that only it knows", async () => {
    expect((await site.get("/heartbeat/nope")).status).toBe(404);
    expect(
      (await site.get("/heartbeat/tok-1.fail", { method: "POST", body: "disk full" })).status,
    ).toBe(200);
    expect(await perform("renewal")).toMatchObject({
      result: "fail",
      error: "reported a failure at 2026-11-21 12:00:00 UTC: disk full",
    });
    await site.get("/heartbeat/tok-1");
    expect(await perform("renewal")).toMatchObject({ result: "pass" });
  });

  test("off while a job reported: after the start it is not late, by what is kept of the runs", async () => {
    await site.get("/heartbeat/tok-1");
    site.observatory.writer.sample({
      check: "renewal",
      t: site.clock.now() / 1000,
      result: 0,
      ms: 0,
    });
    await site.observatory.writer.flush();
    site.clock.jump(3_600_000);
    expect(await perform("renewal")).toMatchObject({ result: "fail" });
    const later = createObservatory({
      config: site.observatory.view.config(),
      database: site.database,
      saved: await loadState(site.database),
      clock: site.clock,
      log: quiet,
    });
    const [check] = later.view.config().checks;
    expect(await runCheck(check as HeartbeatCheck, 1000, later.pushChecks)).toMatchObject({
      result: "pass",
    });
    await site.clock.pass(121_000);
    expect(await runCheck(check as HeartbeatCheck, 1000, later.pushChecks)).toMatchObject({
      result: "fail",
      error: expect.stringMatching(
        /^last heard at 2026-11-21 12:00:00 UTC; expected by 2026-11-21 13:02:00 UTC$/,
      ),
    });
    await later.writer.flush();
    later.stop();
  });

  test("the primary's report has to be signed; silence is a failure", async () => {
    const report: MachineReport = { ...facts, at: site.clock.now() };
    const body = JSON.stringify(report);
    expect(await perform("primary/nginx")).toMatchObject({
      result: "unknown",
      error: "the primary has not reported yet; does its watchdog run?",
    });
    site.clock.jump(121_000);
    expect(await perform("primary/nginx")).toMatchObject({
      result: "fail",
      error: "the primary has not reported yet; does its watchdog run?",
    });
    site.clock.jump(-121_000);
    expect(
      (await site.get("/report", { method: "POST", body, headers: { "x-signature": "x" } })).status,
    ).toBe(403);
    expect((await site.fromPrimary("/report", report)).status).toBe(200);
    expect(await perform("primary/nginx")).toMatchObject({ result: "pass", detail: "active" });
    await site.clock.pass(121_000);
    expect(await perform("primary/nginx")).toMatchObject({
      result: "fail",
      error: "the primary has not reported for 2 min 1 s; does its watchdog run?",
    });
    const host = { kind: "host", id: "primary/host", limits: {} } as const;
    site.observatory.reload({
      ...site.observatory.view.config(),
      checks: [...site.observatory.view.config().checks, host],
    });
    expect(await perform("primary/nginx")).toMatchObject({ result: "unknown" });
    expect(await perform("primary/host")).toMatchObject({
      result: "fail",
      error: expect.stringContaining("has not reported for"),
    });
  });
});
