import { describe, expect, test } from "@jest/globals";
import { cronOf } from "@second-server/contract/calendar";
import { Cron } from "croner";

import { cron, schedule } from "../../../config/schedules";
import { MANIFEST, problemsOf } from "../../fixtures/manifest";

/** As the monitor does it: it ends, or does not start, with a pattern on which this throws. */
const isKeptByTheMonitor = (pattern: string): boolean => {
  try {
    new Cron(cronOf(pattern)).nextRun();
    return true;
  } catch {
    return false;
  }
};

/** The same numbers each time: a failure can be seen again. */
const numbers = (seed: number) => (below: number) => {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((seed / 2 ** 32) * below);
};
const random = numbers(7);
const oneOf = <T>(items: readonly T[]): T => items[random(items.length)]!;
const LIMITS = [59, 23, 31, 12, 7];
const NAMES = ["", "", "", "jan", "mon", "SUN", "dec", "L", "?", "W", "xyz"];
const word = (most: number): string => (random(15) === 0 ? oneOf(NAMES) : String(random(most + 1)));
const part = (most: number): string => {
  const range = oneOf([
    () => "*",
    () => word(most),
    () => `${word(most)}-${word(most)}`,
    () => `${random(10)}#${random(4)}`,
  ])();
  return random(3) === 0 ? `${range}/${random(most + 6)}` : range;
};
const patterns = Array.from({ length: 600 }, () =>
  LIMITS.map((most) =>
    random(8) === 0 ? `${part(most)},${part(most)}` : oneOf([part, () => "*", () => "*"])(most),
  ).join(" "),
);

describe("a schedule that the manifest accepts is one that the monitor can keep", () => {
  test("which hundreds of random patterns agree on, some of each sort", () => {
    const kept = patterns.map(isKeptByTheMonitor);
    expect(patterns.map((pattern) => cron.safeParse(pattern).success)).toEqual(kept);
    expect(patterns.map((pattern) => schedule.safeParse(pattern).success)).toEqual(kept);
    expect(kept.filter(Boolean).length).toBeGreaterThan(100);
    expect(kept.filter((one) => !one).length).toBeGreaterThan(100);
  });

  test.each(["0 7 * * */8", "0 25 * * *", "*/0 * * * *", "0 7 * * * *", "@daily"])(
    "neither a report nor a heartbeat takes %s",
    (pattern) => {
      expect(problemsOf(`${MANIFEST}report: { daily: "${pattern}" }\n`)).toEqual([
        expect.stringMatching(/^fleet\.yaml: report\.daily: has to be five cron fields/),
      ]);
      expect(
        problemsOf(
          `${MANIFEST}checks: { also: [{ name: job, heartbeat: abcdefghijklmnop, schedule: "${pattern}" }] }\n`,
        ),
      ).toEqual([expect.stringMatching(/^fleet\.yaml: checks\.also\.0/)]);
    },
  );

  test.each([
    ["daily", true],
    ["Mon *-*-* 03:00", true],
    ["Mon..Fri 08:00:00", true],
    ["*-*-01 04:30", true],
    ["15 3 * * *", true],
    ["Mon *-*-* 25:00", false],
    ["Foo *-*-* 03:00", false],
    ["*-*-40 03:00", false],
  ])("a heartbeat's schedule in systemd's words: %s", (text, isGood) => {
    expect(schedule.safeParse(text).success).toBe(isGood);
    if (isGood) expect(isKeptByTheMonitor(text)).toBe(true);
  });
});
