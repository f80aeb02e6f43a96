import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { MachineReport } from "@second-server/contract/reports";

import { createKey } from "../../../../monitor/adapters/key";
import { Site } from "../site";

let site: Site;
beforeEach(async () => {
  site = await Site.open();
});
afterEach(() => site.close());

const MINUTE = 60_000;
const subjects = (): string[] =>
  site.observatory.queue.waiting().map(({ message }) => message.subject);
const windows = (): string[] => site.observatory.view.maintenance().map(({ title }) => title);
const now = (): number => site.clock.now();
const send = async (
  path: string,
  body: string,
  key = site.observatory.key,
): Promise<{ readonly status: number; readonly said: string }> => {
  const answer = await site.get(path, {
    method: "POST",
    body,
    headers: { "x-signature": key.sign(body) },
  });
  return { status: answer.status, said: await answer.text() };
};
const ask = (action: object) => send("/control", JSON.stringify({ at: now(), ...action }));
const asPrimary = async (action: object): Promise<number> =>
  (await site.fromPrimary("/control", { at: now(), ...action })).status;
const silence = (minutes: number, more: object = {}): object => ({
  action: "maintenance",
  title: "a release",
  minutes,
  ...more,
});

const report: Omit<MachineReport, "at"> = {
  memoryPercent: 40,
  diskPercent: 20,
  inodesPercent: 10,
  load: 0.5,
  rebootPending: false,
  units: { "nginx.service": "active" },
  restarts: { "nginx.service": 0 },
};

describe("what the primary's key allows", () => {
  test("a window of a quarter of an hour, half an hour for upgrades; longer is refused, and people are told", async () => {
    expect(await asPrimary(silence(15))).toBe(200);
    expect(await asPrimary(silence(30, { title: "package upgrades on the primary" }))).toBe(200);
    site.clock.jump(2 * 60 * MINUTE);
    expect(windows()).toEqual([]);
    for (const minutes of [15.01, 16, 31, 7 * 24 * 60])
      expect([minutes, await asPrimary(silence(minutes))]).toEqual([minutes, 403]);
    expect(windows()).toEqual([]);
    expect(subjects()).toEqual([
      "[lab] The primary announced maintenance: a release",
      "[lab] The primary asked for more silence than it may have",
    ]);
  });
  test("windows of a day add up to two hours at most, whatever they are called, and the count outlives a restart", async () => {
    let total = 0;
    for (let turn = 0; turn < 12; turn += 1) {
      if ((await asPrimary(silence(15, { title: `release ${turn}` }))) === 200) total += 15;
      site.clock.jump(20 * MINUTE);
    }
    expect(total).toBe(120);
    expect(site.observatory.view.announced()).toHaveLength(8);
    expect(subjects().filter((subject) => subject.includes("announced")).length).toBeLessThan(5);
    await site.observatory.writer.flush();
    const rows = await site.database.rows<{ value: string }>(
      "SELECT value FROM meta WHERE key = 'announced'",
    );
    expect(JSON.parse(rows[0]!.value)).toHaveLength(8);
    site.clock.jump(24 * 60 * MINUTE);
    expect(await asPrimary(silence(15))).toBe(200);
  });
  test("one that is ended early counts for as long as it was: twenty releases within two hours are no trouble", async () => {
    for (let turn = 0; turn < 20; turn += 1) {
      expect(await asPrimary(silence(5))).toBe(200);
      site.clock.jump(MINUTE);
      expect(await asPrimary({ action: "end-maintenance", title: "a release" })).toBe(200);
      site.clock.jump(5 * MINUTE);
    }
    expect(site.observatory.view.announced().length).toBe(20);
    expect(await site.text("/api/status")).toContain('"announced":{"windows":20,"minutes":20}');
  });
  test("nothing else: no acknowledging, no snoozing, no report, no end of the owner's window, no other window by its title", async () => {
    site.round();
    for (let time = 0; time < 3; time += 1) site.round({ blog: "HTTP 500" });
    site.observatory.actions.act({ action: "maintenance", title: "a move", minutes: 60 });
    for (const wrong of [
      { action: "acknowledge", incident: 1, by: "x" },
      { action: "snooze", incident: 1, by: "x", minutes: 5 },
      { action: "report", force: true },
    ])
      expect(await asPrimary(wrong)).toBe(403);
    expect(await asPrimary({ action: "end-maintenance", title: "a move" })).toBe(409);
    expect(await asPrimary(silence(1, { title: "a move" }))).toBe(200);
    site.clock.jump(2 * MINUTE);
    expect(windows()).toEqual(["a move"]);
    const incident = site.observatory.alerting.state().open.get(1);
    expect([incident?.acknowledged, incident?.snoozedUntil]).toEqual([undefined, undefined]);
  });
  test("what it is silent about is on the primary: the watcher's own checks and the backups are told", async () => {
    site.observatory.reload({
      ...site.observatory.view.config(),
      checks: [
        ...site.observatory.view.config().checks,
        {
          kind: "tcp",
          id: "backups",
          machine: "watcher",
          layer: "data",
          host: "127.0.0.1",
          port: 1,
        },
      ],
    });
    site.round();
    expect(await asPrimary(silence(15))).toBe(200);
    for (let time = 0; time < 3; time += 1) site.round({ blog: "HTTP 500", backups: "too old" });
    expect(subjects()).toEqual([
      "[lab] The primary announced maintenance: a release",
      "[lab] DOWN: backups",
    ]);
  });
  test("its key signs no link, and the owner's key is no report's stranger", async () => {
    site.round();
    for (let time = 0; time < 3; time += 1) site.round({ blog: "HTTP 500" });
    const until = Math.floor(now() / 1000) + 3600;
    const link = `/incident/1?until=${until}&sign=${site.observatory.primaryKey!.sign(`incident 1 ${until}`)}`;
    expect(
      (await site.get(link, { method: "POST", body: new URLSearchParams({ do: "acknowledge" }) }))
        .status,
    ).toBe(403);
    expect((await send("/report", JSON.stringify({ ...report, at: now() }))).status).toBe(200);
  });
});

describe("a signed message is whole or nothing", () => {
  test.each<[string, object]>([
    ["services that are a text", silence(5, { services: "abc" })],
    ["services that are an object", silence(5, { services: { 0: "blog" } })],
    ["a service that is not there", silence(5, { services: ["blog", "nobody"] })],
    ["a service that is a number", silence(5, { services: [1] })],
    ["one service twice", silence(5, { services: ["blog", "blog"] })],
    ["no service at all", silence(5, { services: [] })],
    ["services that are null", silence(5, { services: null })],
    ["minutes as text", { action: "maintenance", title: "x", minutes: "5" }],
    ["minutes below nothing", silence(-5)],
    ["no minutes", silence(0)],
    ["minutes beyond a week", silence(7 * 24 * 60 + 1)],
    ["minutes that are null", { action: "maintenance", title: "x", minutes: null }],
    ["minutes that are a list", { action: "maintenance", title: "x", minutes: [5] }],
    ["no title", { action: "maintenance", minutes: 5 }],
    ["an empty title", silence(5, { title: " " })],
    ["a title of two lines", silence(5, { title: "x\r\nBcc: y" })],
    ["a title that is long", silence(5, { title: "x".repeat(101) })],
    ["a title that is a number", silence(5, { title: 7 })],
    ["an action that is not there", { action: "constructor" }],
    ["an action that is a list", { action: ["maintenance"] }],
    ["no action", {}],
    ["an incident as text", { action: "acknowledge", incident: "1", by: "x" }],
    ["half an incident", { action: "acknowledge", incident: 1.5, by: "x" }],
    ["nobody's acknowledgement", { action: "acknowledge", incident: 1 }],
    ["somebody who is an object", { action: "acknowledge", incident: 1, by: { a: 1 } }],
    ["a snooze that goes back", { action: "snooze", incident: 1, by: "x", minutes: -1 }],
    ["a forced report by text", { action: "report", force: "yes" }],
  ])("%s is refused with 400 and changes nothing", async (_, wrong) => {
    site.round();
    for (let time = 0; time < 3; time += 1) site.round({ blog: "HTTP 500" });
    const before = [subjects(), site.observatory.alerting.state().open.get(1)];
    expect((await ask(wrong)).status).toBe(400);
    expect(windows()).toEqual([]);
    expect([subjects(), site.observatory.alerting.state().open.get(1)]).toEqual(before);
  });
  test.each([
    ["no JSON", "maintenance"],
    ["null", "null"],
    ["a list", "[]"],
    ["a number", "1"],
    ["nothing", ""],
  ])("%s is refused with 400, not as a fault of the monitor", async (_, body) => {
    for (const path of ["/control", "/report"]) expect((await send(path, body)).status).toBe(400);
  });
  test.each<[string, object]>([
    ["a percentage below nothing", { diskPercent: -1 }],
    ["a percentage as text", { diskPercent: "20" }],
    ["a percentage beyond all", { memoryPercent: 101 }],
    ["a load that is null", { load: null }],
    ["units that are a list", { units: ["nginx.service"] }],
    ["a state that is an object", { units: { "nginx.service": {} } }],
    ["restarts below nothing", { restarts: { "nginx.service": -1 } }],
    [
      "thousands of units",
      { units: Object.fromEntries([...Array(1001).keys()].map((n) => [`u${n}`, "active"])) },
    ],
    ["a reboot that is a text", { rebootPending: "no" }],
    ["upgrades by half", { upgradesPending: 0.5 }],
    ["an upgrade of a text", { upgraded: { at: 1, packages: "openssl", restarted: [] } }],
    ["a name of two lines", { upgraded: { at: 1, packages: ["open\nssl"], restarted: [] } }],
  ])("a report with %s is refused, and the one before stays", async (_, wrong) => {
    expect((await site.fromPrimary("/report", { ...report, at: now() })).status).toBe(200);
    expect((await site.fromPrimary("/report", { ...report, ...wrong, at: now() })).status).toBe(
      400,
    );
  });
});

describe("a signed message is taken once, and only of now", () => {
  test("again, it is refused and changes nothing", async () => {
    const body = JSON.stringify({ at: now(), ...silence(5) });
    expect((await send("/control", body)).status).toBe(200);
    expect((await ask({ action: "end-maintenance", title: "a release" })).status).toBe(200);
    site.clock.jump(4 * MINUTE);
    expect((await send("/control", body)).status).toBe(409);
    expect(windows()).toEqual([]);
  });
  test("of before this run of the Observatory, or of another time, it is refused", async () => {
    for (const [at, code] of [
      [now() - 4 * MINUTE, 409],
      [now() - 6 * MINUTE, 403],
      [now() + 6 * MINUTE, 403],
      ["now", 403],
      [-1, 403],
      [null, 403],
    ])
      expect([at, (await ask({ ...silence(5), at })).status]).toEqual([at, code]);
    expect(windows()).toEqual([]);
  });
  test("a clock that is set back or forward does not shut the primary out", async () => {
    for (const jump of [-60 * MINUTE, 120 * MINUTE]) {
      site.clock.jump(jump);
      expect((await site.fromPrimary("/report", { ...report, at: now() })).status).toBe(200);
    }
  });
  test("a key of neither is a stranger's", async () => {
    const body = JSON.stringify({ at: now(), ...silence(5) });
    expect((await send("/control", body, createKey("s".repeat(48)))).status).toBe(403);
  });
});
