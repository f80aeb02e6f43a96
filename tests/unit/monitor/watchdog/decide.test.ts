import { expect, test } from "@jest/globals";

import { blank, decide, type Deed, type Memory } from "../../../../monitor/watchdog/decide";

const rule = { failAfter: 3, maxRestartsPerHour: 2 };

const live = (
  errors: readonly (string | undefined)[],
  from: Memory = blank,
  start = 0,
  every = 30_000,
): { memory: Memory; deeds: string[] } => {
  let memory = from;
  const deeds: string[] = [];
  errors.forEach((error, index) => {
    let deed: Deed;
    [memory, deed] = decide(memory, error, rule, start + index * every);
    if (deed.kind !== "none") deeds.push(`${index} ${deed.kind}: ${deed.why}`);
  });
  return { memory, deeds };
};
const fails = (count: number): string[] =>
  Array.from({ length: count }, () => "no answer within 5 s");

test("two failures and a pass: nothing is touched", () => {
  expect(live(["x", "x", undefined, "x", "x"]).deeds).toEqual([]);
});

test("three failures: one restart, saying why, then counting begins anew", () => {
  expect(live(fails(5)).deeds).toEqual([
    "2 restart: 3 failures in a row, last: no answer within 5 s",
  ]);
});

test("at the cap it says so once and leaves the service alone; an hour later it tries again", () => {
  const { memory, deeds } = live(fails(20));
  expect(deeds.map((deed) => deed.split(":")[0])).toEqual(["2 restart", "5 restart", "8 capped"]);
  expect(live(fails(1), memory, 90 * 60_000).deeds).toHaveLength(1);
});

test("the count survives a restart of the watchdog", () => {
  const { memory } = live(fails(2));
  expect(live(fails(1), JSON.parse(JSON.stringify(memory)) as Memory).deeds).toHaveLength(1);
});
