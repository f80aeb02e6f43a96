import { afterEach, beforeEach, expect, jest, test } from "@jest/globals";

import { createReporter } from "../../../monitor/report/reporter";
import { quiet, Site } from "./site";

let site: Site;
beforeEach(async () => {
  site = await Site.open({ report: { schedule: "0 7 * * *", weekly: "0 8 * * 1" } });
});
afterEach(() => site.close());
const sent = (): string[] => site.observatory.queue.waiting().map(({ message }) => message.subject);

test("silent when all is well, unless forced; the table names every service and machine, in colour and in words", async () => {
  for (const check of ["blog", "chat", "dead-drop"]) await site.history(check, { 0: 864 });
  site.round();
  const reporter = site.observatory.reporter;
  expect(await reporter.report(false)).toBeUndefined();
  const message = await reporter.report(true);
  expect(message?.subject).toBe("[lab] Report: All is well");
  expect(message?.text).toMatch(/^blog {7}OK {16}42 ms {4}90\.00 % {4}99\.88 %$/m);
  expect(message?.text).toMatch(/^Machines .*\nprimary +OK/m);
  expect(message?.html).toContain(">OK</td>");
});

test("what is wrong is said, and nothing of a service's answer becomes markup", async () => {
  site.round();
  for (let time = 0; time < 3; time += 1) site.round({ chat: "HTTP 500 <img src=x>" });
  const message = await site.observatory.reporter.report(false);
  expect(message?.subject).toBe("[lab] Report: 1 of 4 are not well");
  expect(message?.text).toContain("DOWN");
  expect(message?.html).toContain("HTTP 500 &#60;img");
});

test("on its schedule only when something is wrong; the weekly summary in any case", async () => {
  const reporter = site.observatory.reporter;
  site.observatory.stop();
  site.round();
  reporter.start();
  await site.clock.pass(20 * 3_600_000);
  expect(sent()).toEqual([]);
  await site.clock.pass(28 * 3_600_000);
  await until(() => sent().length > 0);
  expect(sent()).toEqual(["[lab] Weekly summary: All is well"]);
  reporter.stop();
});

test("on its schedule when something is wrong", async () => {
  const reporter = site.observatory.reporter;
  site.observatory.stop();
  site.round();
  for (let time = 0; time < 3; time += 1) site.round({ chat: "HTTP 500" });
  reporter.start();
  await site.clock.pass(20 * 3_600_000);
  await until(() => sent().length > 1);
  expect(sent()).toEqual(["[lab] DOWN: chat", "[lab] Report: 1 of 4 are not well"]);
  reporter.stop();
});

test("a history that can't be read does not silence the report, which says so, on the schedule as well", async () => {
  site.round({ chat: "HTTP 500" });
  await site.observatory.writer.flush();
  const rows = jest
    .spyOn(site.database, "rows")
    .mockRejectedValue(new Error("database disk image is malformed"));
  const reporter = site.observatory.reporter;
  reporter.start();
  await site.clock.pass(20 * 3_600_000);
  await until(() => sent().length > 0);
  reporter.stop();
  rows.mockRestore();
  expect(sent()).toEqual(["[lab] Report: 1 of 4 are not well"]);
  expect(site.observatory.queue.waiting()[0]?.message.text).toContain(
    "The history can't be read now",
  );
});

test("a reporter that crashes is reported by other code", async () => {
  site.round();
  const { view, records, send } = site.observatory;
  const reporter = createReporter({
    view,
    records,
    send,
    clock: site.clock,
    log: quiet,
    make: () => {
      throw new Error("the table has no legs");
    },
  });
  await reporter.report(true);
  expect(sent()).toEqual(["[lab] The reporter failed"]);
  expect(site.observatory.queue.waiting()[0]?.message.text).toContain("the table has no legs");
});

test("who has asked for the report hears that it could not be made", async () => {
  site.round();
  const body = JSON.stringify({ action: "report", force: true, at: site.clock.now() });
  const broken = jest.spyOn(site.observatory.view, "alerts").mockImplementation(() => {
    throw new Error("no list of checks");
  });
  const answer = await site.get("/control", {
    method: "POST",
    body,
    headers: { "x-signature": site.observatory.key.sign(body) },
  });
  broken.mockRestore();
  expect([answer.status, await answer.text()]).toEqual([
    409,
    expect.stringContaining("the report could not be made"),
  ]);
  expect(sent()).toEqual(["[lab] The reporter failed"]);
});

/** The database answers in real time, the clock does not. */
const until = async (holds: () => boolean): Promise<void> => {
  const began = performance.now();
  while (!holds() && performance.now() - began < 4000)
    await new Promise((resolve) => setImmediate(resolve));
};
