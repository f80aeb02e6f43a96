import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { MachineReport } from "@second-server/contract/reports";

import { runCheck } from "../../../../monitor/checks/run";
import { judgeUnit } from "../../../../monitor/checks/unit";
import { createUnitFacts, unitFacts } from "../../../../monitor/checks/unit-facts";
import { Site } from "../site";
import { Lab } from "./lab";

let site: Site;
let lab: Lab;
let port = 0;
const UNIT = "fleet-blog.service";
beforeEach(async () => {
  lab = new Lab();
  port = await lab.serve((socket) => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
  site = await Site.open({ checks: [{ kind: "unit", id: "primary/blog", unit: UNIT }] });
});
afterEach(async () => {
  lab.close();
  await site.close();
});

/** The primary's report, and ten seconds that go by after it. */
const reports = async (restarts: number, state = "active"): Promise<void> => {
  const report: MachineReport = {
    memoryPercent: 1,
    diskPercent: 1,
    inodesPercent: 1,
    load: 0,
    rebootPending: false,
    units: { [UNIT]: state },
    restarts: { [UNIT]: restarts },
    at: site.clock.now(),
  };
  site.observatory.heard(report);
  await site.clock.pass(10_000);
};
const service = () =>
  runCheck(
    {
      kind: "http",
      id: "blog",
      url: `http://127.0.0.1:${port}/`,
      status: 200,
      unit: UNIT,
    },
    2000,
    site.observatory.pushChecks,
  );
const unit = () =>
  runCheck({ kind: "unit", id: "primary/blog", unit: UNIT }, 2000, site.observatory.pushChecks);

test("a service that dies every 25 s and answers in between: within two minutes its check says crash loop; started by hand, it is well at once", async () => {
  let restarts = 4;
  await reports(restarts);
  expect(await service()).toMatchObject({ result: "pass" });
  for (let second = 0; second < 100; second += 10)
    await reports((restarts = 4 + Math.floor(second / 25)));
  const error =
    "crash loop: fleet-blog.service ended by itself and was started again 3 times within 5 minutes";
  expect(await service()).toMatchObject({ result: "fail", error });
  expect(await unit()).toMatchObject({ result: "fail", error });
  await reports(0);
  expect(await service()).toMatchObject({ result: "pass" });
});

test("one that dies every eight minutes is told as well; two deaths in an hour are not", async () => {
  for (let minute = 0; minute <= 50; minute += 1)
    for (let times = 0; times < 6; times += 1) await reports(Math.floor(minute / 8));
  expect((await service()).error).toContain("6 times within 60 minutes");
  await reports(0);
  for (let minute = 0; minute <= 50; minute += 1) await reports(Math.floor(minute / 25));
  expect(await service()).toMatchObject({ result: "pass" });
});

test("what answers on a service's port while its unit does not run is not the service", async () => {
  await reports(0, "activating");
  expect(await service()).toMatchObject({ result: "fail", error: `${UNIT} is activating` });
  await reports(0, "failed");
  expect(await service()).toMatchObject({ result: "fail", error: `${UNIT} is failed` });
  await reports(0);
  expect(await service()).toMatchObject({ result: "pass" });
});

test("where nothing is known of the unit, the answer alone counts: a silent primary has an alert of its own", async () => {
  expect(await service()).toMatchObject({ result: "pass" });
  await reports(0, "failed");
  await site.clock.pass(121_000);
  expect(await service()).toMatchObject({ result: "pass" });
});

test("a unit of which systemd said nothing is nobody's failure but its own check's: the service answers", async () => {
  await reports(0, "unknown");
  expect(await service()).toMatchObject({ result: "pass" });
  expect(() =>
    judgeUnit(UNIT, { report: { units: { [UNIT]: "unknown" } }, crashLoop: () => undefined }),
  ).toThrow(`systemd there does not say how ${UNIT} is`);
});

test("while systemd reads all units again and answers nobody, what it said last holds for five minutes", async () => {
  let said: string | undefined = "ActiveState=active\nNRestarts=2\n";
  const look = createUnitFacts(() => Promise.resolve(said));
  const before = { units: { [UNIT]: "active" }, restarts: { [UNIT]: 2 } };
  expect(await look([UNIT], 0)).toEqual(before);
  said = undefined;
  expect(await look([UNIT], 20_000)).toEqual(before);
  expect(await look([UNIT, "new.service"], 20_000)).toEqual({
    ...before,
    units: { [UNIT]: "active", "new.service": "unknown" },
  });
  expect((await look([UNIT], 301_000)).units).toEqual({ [UNIT]: "unknown" });
  said = "ActiveState=failed\nNRestarts=2\n";
  expect((await look([UNIT], 302_000)).units).toEqual({ [UNIT]: "failed" });
});

test("what systemctl shows of several units, of which one has no process", () => {
  const shown =
    "ActiveState=active\nNRestarts=12\n\nActiveState=active\n\nNRestarts=0\nActiveState=failed\n";
  expect(unitFacts(["a.service", "b.timer", "c.service", "d.service"], shown)).toEqual({
    units: {
      "a.service": "active",
      "b.timer": "active",
      "c.service": "failed",
      "d.service": "unknown",
    },
    restarts: { "a.service": 12, "c.service": 0 },
  });
});
