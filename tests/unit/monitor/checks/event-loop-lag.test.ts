import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { Check } from "@second-server/contract/check-settings";

import { systemClock } from "../../../../monitor/adapters/clock";
import { createEventLoopLag, type TimeUpset } from "../../../../monitor/checks/event-loop-lag";
import { type Outcome } from "../../../../monitor/checks/outcome";
import { runCheck } from "../../../../monitor/checks/run";
import { createRunner } from "../../../../monitor/checks/runner";
import { createSchedule } from "../../../../monitor/checks/schedule";
import { createOverload, type Note, noteUpset } from "../../../../monitor/self/overload";
import { FakeClock } from "../fake-clock";
import { Lab } from "./lab";

let lab: Lab;
beforeEach(() => {
  lab = new Lab();
});
afterEach(() => lab.close());

/** This very thread stands still. */
const block = (ms: number): void => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
};

test("a deadline that passed while this program was really blocked is not the other side's silence; one that passed while it ran is", async () => {
  const port = await lab.serve(() => undefined);
  const lag = createEventLoopLag(systemClock);
  const seen: Outcome[] = [];
  let twice: () => void = () => undefined;
  const done = new Promise<void>((resolve) => {
    twice = resolve;
  });
  const runner = createRunner({
    clock: systemClock,
    lag,
    schedule: createSchedule(systemClock, () => 0),
    networkUp: () => Promise.resolve(true),
    perform: (check, timeoutMs) => {
      const outcome = runCheck(check, timeoutMs);
      if (seen.length === 0) setImmediate(() => block(1200));
      return outcome;
    },
    took: (_check, _began, outcome) => {
      seen.push(outcome);
      if (seen.length === 2) twice();
      return false;
    },
  });
  lag.start();
  runner.load([
    {
      check: { kind: "http", id: "x", url: `http://127.0.0.1:${port}/`, status: 200 },
      intervalMs: 500,
      timeoutMs: 300,
    },
  ]);
  await done;
  runner.stop();
  lag.stop();
  expect(seen.map(({ result }) => result)).toEqual(["unknown", "fail"]);
  expect(seen[0]?.error).toMatch(
    /^not counted, as the monitor itself was held up for \d\.\d s: no answer within 0.3 s$/,
  );
  expect(runner.uncounted()).toBe(1);
});

/** A program whose timers come late by what the test says. */
class SlowClock extends FakeClock {
  lag = 0;
  override after(ms: number, run: () => void) {
    return super.after(ms + this.lag, run);
  }
}

const outcomes = async (check: Check, outcome: Outcome, lateMs: number): Promise<string[]> => {
  const clock = new SlowClock();
  const [seen, lag] = [[] as string[], createEventLoopLag(clock)];
  const runner = createRunner({
    clock,
    lag,
    schedule: createSchedule(clock, () => 0.5),
    networkUp: () => Promise.resolve(true),
    took: (_check, _began, { result }) => {
      seen.push(result);
      return false;
    },
    perform: () =>
      new Promise((resolve) => {
        clock.after(5000, () => resolve(outcome));
      }),
  });
  lag.start();
  runner.load([{ check, intervalMs: 20_000, timeoutMs: 5000 }]);
  clock.lag = lateMs;
  await clock.pass(20_000);
  return seen;
};

test("what was answered counts however late this program is; only silence is in doubt", async () => {
  const tcp: Check = { kind: "tcp", id: "x", host: "192.0.2.1", port: 1 };
  expect(
    await outcomes(tcp, { result: "fail", ms: 1, error: "HTTP 500, expected 200" }, 2000),
  ).toEqual(["fail"]);
  expect(
    await outcomes(tcp, { result: "fail", ms: 1, error: "no answer within 5 s", late: true }, 2000),
  ).toEqual(["unknown"]);
  expect(
    await outcomes(tcp, { result: "fail", ms: 1, error: "no answer within 5 s", late: true }, 20),
  ).toEqual(["fail"]);
});

/** Each check's outcomes of six minutes, while this program's timers come late by so much. */
const stalled = async (
  hangs: ReadonlySet<string>,
  others: number,
  lateMs: number,
): Promise<Map<string, string[]>> => {
  const clock = new SlowClock();
  const seen = new Map<string, string[]>();
  const lag = createEventLoopLag(clock);
  const runner = createRunner({
    clock,
    lag,
    schedule: createSchedule(clock, () => 0.5),
    networkUp: () => Promise.resolve(true),
    took: ({ id }, _began, { result }) => {
      seen.set(id, [...(seen.get(id) ?? []), result]);
      return false;
    },
    perform: ({ id }) =>
      new Promise((resolve) => {
        clock.after(hangs.has(id) ? 5000 : 10, () =>
          resolve(
            hangs.has(id)
              ? { result: "fail", ms: 5000, error: "no answer within 5 s", late: true }
              : { result: "pass", ms: 10 },
          ),
        );
      }),
  });
  lag.start();
  const ids = [...hangs, ...Array.from({ length: others }, (_, index) => `other-${index}`)];
  runner.load(
    ids.map((id) => ({
      check: { kind: "tcp", id, host: "192.0.2.1", port: 1 },
      intervalMs: 20_000,
      timeoutMs: 5000,
    })),
  );
  clock.lag = lateMs;
  await clock.pass(360_000);
  return seen;
};

test("during a lasting stall a service that really hangs is counted in the end: by half of its time, or as others answer", async () => {
  expect((await stalled(new Set(["x"]), 0, 400)).get("x")?.slice(0, 5)).toEqual([
    "unknown",
    "unknown",
    "unknown",
    "fail",
    "fail",
  ]);
  expect((await stalled(new Set(["x"]), 4, 2000)).get("x")?.slice(0, 5)).toEqual([
    "unknown",
    "unknown",
    "unknown",
    "fail",
    "fail",
  ]);
  expect(new Set((await stalled(new Set(["x"]), 0, 2000)).get("x"))).toEqual(new Set(["unknown"]));
  expect(new Set((await stalled(new Set(["x", "y", "z"]), 1, 2000)).get("z"))).toEqual(
    new Set(["unknown"]),
  );
});

test.each([
  ["forward", 86_400_000],
  ["back", -86_400_000],
])(
  "a clock that jumps %s is told once, and dates are not judged for a quarter of an hour",
  async (_way, ms) => {
    const clock = new FakeClock();
    const upsets: TimeUpset[] = [];
    const lag = createEventLoopLag(clock);
    const results: string[] = [];
    const late: Outcome = { result: "fail", ms: 0, error: "last heard at …" };
    const runner = createRunner({
      clock,
      lag,
      schedule: createSchedule(clock, () => 0.5),
      networkUp: () => Promise.resolve(true),
      took: (_check, _began, { result }) => {
        results.push(result);
        return false;
      },
      perform: () => Promise.resolve(late),
    });
    lag.start({ upset: (upset) => upsets.push(upset), tick: () => undefined });
    runner.load([
      {
        check: { kind: "heartbeat", id: "x", token: "t", graceSeconds: 1 },
        intervalMs: 300_000,
        timeoutMs: 1000,
      },
    ]);
    await clock.pass(2000);
    clock.jump(ms);
    await clock.pass(1_250_000);
    expect(upsets).toEqual([{ kind: "clock", ms }]);
    expect(results).toEqual(["unknown", "unknown", "unknown", "fail", "fail"]);
  },
);

test("more than can be done begins late: nothing runs twice, the backlog says how late, and it is caught up", async () => {
  const clock = new FakeClock();
  const schedule = createSchedule(clock, () => 0.5);
  const ends: (() => void)[] = [];
  for (let index = 0; index < 1000; index += 1)
    schedule.add({
      id: `${index}`,
      intervalMs: 10_000,
      run: () =>
        new Promise((resolve) => {
          ends.push(resolve);
        }),
    });
  await clock.pass(8000);
  expect(ends).toHaveLength(900);
  expect(schedule.backlog()).toEqual({ waiting: 100, lateMs: 3000, skipped: 0 });
  await clock.pass(8000);
  expect(ends).toHaveLength(900);
  expect(schedule.backlog()).toEqual({ waiting: 100, lateMs: 11_000, skipped: 1000 });
  for (const end of ends.splice(0)) end();
  await clock.pass(100);
  expect(ends).toHaveLength(100);
  expect(schedule.backlog()).toEqual({ waiting: 0, lateMs: 0, skipped: 1000 });
  schedule.stop();
});

test("a monitor that can't keep up says so after a minute, once, and once that it does again", () => {
  let now = 0;
  const notes: string[] = [];
  const note: Note = (lead, rows) =>
    notes.push([lead, ...rows.map((row) => row.join(": "))].join(" | "));
  const overload = createOverload(() => now, note);
  const seconds = (count: number, lateMs: number, uncounted: number): void => {
    for (let second = 0; second < count; second += 1, now += 1000)
      overload.seen({ lateMs, heldUpMs: 0, uncounted });
  };
  seconds(50, 9000, 0);
  seconds(10, 0, 0);
  expect(notes).toEqual([]);
  seconds(70, 9000, 7);
  expect(notes).toHaveLength(1);
  expect(notes[0]).toMatch(/^The monitor can't keep up \| Checks begin late by: 9 s/);
  seconds(70, 0, 12);
  expect(notes).toHaveLength(2);
  expect(notes[1]).toBe("The monitor keeps up again | Behind for: 70 s | Failures not counted: 5");
  noteUpset(note, { kind: "standstill", ms: 90_000 });
  expect(notes[2]).toContain("The monitor itself stood still for 90 s");
});
