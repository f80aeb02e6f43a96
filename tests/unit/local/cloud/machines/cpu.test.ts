import { expect, test } from "@jest/globals";

import {
  loadavgText,
  nextLoad,
  statText,
  type Load,
} from "../../../../../local/cloud/machines/cpu-time";
import { cpuinfoText, createCpuPlan, parseCpus } from "../../../../../local/cloud/machines/cpus";

test("a machine gets the CPUs that the fewest others have, and keeps its own; a large one gets all", () => {
  expect(parseCpus("0-2,5\n")).toEqual([0, 1, 2, 5]);
  const plan = createCpuPlan([0, 1]);
  expect([plan.assign(1, 1), plan.assign(2, 1), plan.assign(3, 8), plan.assign(1, 1)]).toEqual([
    [0],
    [1],
    [0, 1],
    [0],
  ]);
  plan.release(1);
  expect(plan.assign(4, 1)).toEqual([0]);
});

test("cpuinfo shows a machine's CPUs only, counted from 0", () => {
  const block = (cpu: number): string =>
    `processor\t: ${cpu}\nmodel name\t: Any\nsiblings\t: 4\ncpu cores\t: 2\n`;
  const text = cpuinfoText([0, 1, 2, 3].map(block).join("\n"), [1, 3]);
  expect(text.match(/^processor.*$/gm)).toEqual(["processor\t: 0", "processor\t: 1"]);
  expect(text.match(/^(siblings|cpu cores).*$/gm)).toEqual([
    "siblings\t: 2",
    "cpu cores\t: 2",
    "siblings\t: 2",
    "cpu cores\t: 2",
  ]);
});

test("CPU time is the machine's own: what it did not use is idle", () => {
  const text = statText({
    cpus: 2,
    uptimeSeconds: 10,
    userSeconds: 4,
    systemSeconds: 1,
    bootedAt: 1_000,
    running: 0,
  });
  const numbers = (name: string): number[] =>
    new RegExp(`^${name} +(.*)$`, "m").exec(text)![1]!.trim().split(/\s+/).map(Number);
  expect(numbers("cpu").slice(0, 4)).toEqual([400, 0, 100, 1500]);
  expect(numbers("cpu1").slice(0, 4)).toEqual([200, 0, 50, 750]);
  expect([numbers("btime"), numbers("procs_running")]).toEqual([[1000], [1]]);
});

test("the load of one busy process goes to 1, and away again", () => {
  let load: Load = [0, 0, 0];
  for (let minute = 0; minute < 10; minute++) load = nextLoad(load, 1, 60);
  expect(load[0]).toBeCloseTo(1, 2);
  expect(load[2]).toBeLessThan(0.6);
  for (let minute = 0; minute < 10; minute++) load = nextLoad(load, 0, 60);
  expect(load[0]).toBeCloseTo(0, 2);
});

test("overwritten in place, a text never leaves a rest of the one before", () => {
  const stat = (seconds: number): string =>
    statText({
      cpus: 2,
      uptimeSeconds: seconds,
      userSeconds: seconds,
      systemSeconds: 0,
      bootedAt: seconds,
      running: seconds,
    });
  expect(new Set([0, 1, 1e8].map((seconds) => stat(seconds).length)).size).toBe(1);
  expect(
    new Set([0, 9.99, 1234].map((value) => loadavgText([value, value, value], 1, value).length))
      .size,
  ).toBe(1);
});
