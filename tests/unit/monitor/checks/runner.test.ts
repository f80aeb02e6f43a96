import { expect, test } from "@jest/globals";
import type { Check } from "@second-server/contract/check-settings";

import { createEventLoopLag } from "../../../../monitor/checks/event-loop-lag";
import type { Outcome } from "../../../../monitor/checks/outcome";
import { createRunner } from "../../../../monitor/checks/runner";
import { createSchedule } from "../../../../monitor/checks/schedule";
import { FakeClock } from "../fake-clock";

const check = (id: string): Check => ({ kind: "tcp", id, host: "192.0.2.1", port: 1 });
const paced = (id: string, intervalMs = 10_000) => ({
  check: check(id),
  intervalMs,
  timeoutMs: 5000,
});
const pass: Outcome = { result: "pass", ms: 1 };
const fail: Outcome = { result: "fail", ms: 1, error: "connection refused" };

const lab = (
  perform: (check: Check) => Promise<Outcome>,
  networkUp = () => Promise.resolve(true),
) => {
  const clock = new FakeClock();
  const seen: string[] = [];
  const start = clock.monotonic();
  const lag = createEventLoopLag(clock);
  const runner = createRunner({
    clock,
    perform,
    lag,
    networkUp,
    schedule: createSchedule(clock, () => 0.5),
    took: (one, _began, { result }) => {
      seen.push(`${Math.round((clock.monotonic() - start) / 1000)} ${one.id} ${result}`);
      return result === "fail";
    },
  });
  return { clock, seen, runner };
};

test("a check that hangs holds up no other, and is not started twice", async () => {
  const { clock, seen, runner } = lab((one) =>
    one.id === "hangs" ? new Promise(() => undefined) : Promise.resolve(pass),
  );
  runner.load([paced("hangs"), paced("blog")]);
  await clock.pass(36_000);
  expect(seen).toEqual(["5 blog pass", "15 blog pass", "25 blog pass", "35 blog pass"]);
  expect(runner.runs("hangs")).toBe(0);
});

test("a failure is confirmed sooner than the next turn", async () => {
  const { clock, seen, runner } = lab(() => Promise.resolve(fail));
  runner.load([paced("blog")]);
  await clock.pass(20_000);
  expect(seen).toEqual(["5 blog fail", "12 blog fail", "18 blog fail"]);
});

test("failures of a machine without network are not believed", async () => {
  const { clock, seen, runner } = lab(
    () => Promise.resolve(fail),
    () => Promise.resolve(false),
  );
  runner.load([paced("blog")]);
  await clock.pass(16_000);
  expect(seen).toEqual(["5 blog unknown", "15 blog unknown"]);
});

test("a reload keeps the timers of what did not change, drops what is gone and takes up what is new", async () => {
  const { clock, seen, runner } = lab(() => Promise.resolve(pass));
  runner.load([paced("blog"), paced("old")]);
  await clock.pass(12_000);
  runner.load([paced("blog"), paced("new")]);
  await clock.pass(8000);
  expect(seen).toEqual(["5 blog pass", "5 old pass", "15 blog pass", "17 new pass"]);
  runner.stop();
});

test("the wall clock jumping by a day changes nothing", async () => {
  const { clock, seen, runner } = lab(() => Promise.resolve(pass));
  runner.load([paced("blog")]);
  await clock.pass(6000);
  clock.jump(86_400_000);
  await clock.pass(10_000);
  clock.jump(-2 * 86_400_000);
  await clock.pass(10_000);
  expect(seen).toEqual(["5 blog pass", "15 blog pass", "25 blog pass"]);
});
