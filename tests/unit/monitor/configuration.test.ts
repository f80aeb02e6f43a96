import { describe, expect, test } from "@jest/globals";
import { cronOf } from "@second-server/contract/calendar";
import type { Check } from "@second-server/contract/check-settings";
import type { ObservatoryConfig } from "@second-server/contract/observatory";
import { Cron } from "croner";

import { runCheck } from "../../../monitor/checks/run";
import { pace, watchedOf } from "../../../monitor/settings";
import { problemsOf } from "../../../monitor/validate";

const config: ObservatoryConfig = {
  fleet: "lab",
  domain: "example.test",
  listen: { host: "127.0.0.1", port: 0 },
  database: "/var/lib/observatory/observatory.db",
  statusUrl: "https://status.example.test/",
  services: [{ name: "blog", url: "https://blog.example.test/" }],
  intervalSeconds: 10,
  timeoutSeconds: 5,
  failAfter: 3,
  passAfter: 2,
  primary: { kind: "tcp", id: "primary", host: "127.0.0.1", port: 1 },
  checks: [],
  alerts: {
    to: ["ops@example.test"],
    from: "observatory@example.test",
    relay: { host: "127.0.0.1", port: 25, tls: "none" },
  },
};
const withCheck = (check: object): unknown => ({ ...config, checks: [{ id: "x", ...check }] });

/** The same numbers in each run. */
const createRandom = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
};

describe("schedules", () => {
  const schedules = (pattern: string): readonly unknown[] => [
    { ...config, report: { schedule: pattern } },
    { ...config, report: { weekly: pattern } },
    withCheck({ kind: "heartbeat", token: "t", graceSeconds: 60, schedule: pattern }),
  ];

  test("a step that is wider than its field is refused by name", () => {
    const [daily, weekly, heartbeat] = schedules("0 7 * * */8").map(problemsOf);
    expect(daily).toEqual([expect.stringMatching(/^report\.schedule: CronPattern/)]);
    expect(weekly).toEqual([expect.stringMatching(/^report\.weekly: CronPattern/)]);
    expect(heartbeat).toEqual([expect.stringMatching(/^checks\.0\.schedule: CronPattern/)]);
  });

  test("whatever is accepted of thousands of random patterns can be planned", () => {
    const random = createRandom(7);
    const pick = (from: readonly string[]): string =>
      from[Math.floor(random() * from.length)] ?? "";
    const words = [
      "*",
      "?",
      "L",
      "W",
      "#",
      "+",
      "mon",
      "JAN",
      "sun-tue",
      "daily",
      "..",
      "~",
      ":",
      "/",
      "-",
      ",",
      "0",
      "00",
    ];
    const number = (): string => String(Math.floor(random() * (random() < 0.8 ? 7 : 70)));
    const part = (): string =>
      pick([
        "*",
        number(),
        `*/${number()}`,
        `${number()}-${number()}`,
        `${number()}-${number()}/${number()}`,
        `${number()}/${number()}`,
        `${number()}..${number()}`,
        `${pick(words)}${pick(words)}${number()}`,
      ]);
    let accepted = 0;
    for (let turn = 0; turn < 3000; turn += 1) {
      const count = random() < 0.8 ? 5 : 1 + Math.floor(random() * 7);
      const pattern = Array.from({ length: count }, () =>
        random() < 0.1 ? `${part()},${part()}` : part(),
      ).join(random() < 0.05 ? ":" : " ");
      const plans = [pattern, pattern, cronOf];
      for (const [index, value] of schedules(pattern).entries()) {
        if (problemsOf(value).length > 0) continue;
        accepted += 1;
        const plan = (): unknown =>
          new Cron(plans[index] === cronOf ? cronOf(pattern) : pattern).nextRun();
        expect(plan).not.toThrow();
      }
    }
    expect(accepted).toBeGreaterThan(100);
  });
});

test("every field of a configuration may be wrong: it is named, and what is accepted can be used", () => {
  const random = createRandom(11);
  const checks: readonly Check[] = [
    {
      kind: "http",
      id: "a",
      url: "http://127.0.0.1:1/",
      status: 200,
      headers: { "x-a": "b" },
      json: { path: "a", equals: 1 },
    },
    {
      kind: "dns",
      id: "b",
      name: "a.test",
      type: "A",
      equals: ["192.0.2.1"],
    },
    { kind: "certificate", id: "c", host: "127.0.0.1", port: 1 },
    {
      kind: "heartbeat",
      id: "d",
      token: "t",
      graceSeconds: 1,
      schedule: "daily",
    },
    { kind: "host", id: "e", limits: { diskPercent: 90 } },
    { kind: "unit", id: "f", unit: "nginx.service", machine: "watcher" },
    { kind: "backup", id: "g", statusFile: "/a", maxAgeSeconds: 1 },
  ];
  const whole = {
    ...config,
    checks,
    network: [{ kind: "tcp", id: "n", host: "127.0.0.1", port: 1 }],
    report: { schedule: "0 7 * * *", weekly: "0 8 * * 1" },
    alerts: {
      ...config.alerts,
      fallback: [{ kind: "webhook", url: "https://hook.example.test/", headers: { "x-a": "b" } }],
      deadMan: { url: "https://dead.example.test/" },
      maintenance: [{ title: "m", weekly: { days: [1], at: "03:00", minutes: 30 } }],
    },
  };
  expect(problemsOf(whole)).toEqual([]);
  const wrong: readonly unknown[] = [
    null,
    true,
    -1,
    1e400,
    1.5,
    "",
    "\u0000\n",
    "http://[",
    [],
    {},
    [null],
    "x",
  ];
  const damaged = (value: unknown): unknown => {
    if (typeof value !== "object" || value === null || random() < 0.15)
      return wrong[Math.floor(random() * wrong.length)];
    const keys = Object.keys(value);
    const key = keys[Math.floor(random() * keys.length)] ?? "";
    const copy = Array.isArray(value) ? [...(value as unknown[])] : { ...value };
    return Object.assign(copy, { [key]: damaged((value as Record<string, unknown>)[key]) });
  };
  let refused = 0;
  for (let turn = 0; turn < 3000; turn += 1) {
    const value = damaged(whole);
    const problems = problemsOf(value);
    if (problems.length > 0) {
      refused += 1;
      continue;
    }
    const good = value as ObservatoryConfig;
    for (const check of [good.primary, ...good.checks]) {
      expect(watchedOf(check, good).layer).toBeTruthy();
      expect(pace(check, good).intervalMs).toBeLessThan(2 ** 31);
    }
  }
  expect(refused).toBeGreaterThan(1000);
});

test("what is not a configuration at all is said", () => {
  for (const value of [null, [], 7, "text"])
    expect(problemsOf(value)).toEqual(["not a JSON object"]);
  expect(problemsOf(withCheck({ kind: "nope" }))).toEqual([
    expect.stringMatching(/^checks\.0\.kind: "nope" is not one of http, tcp, /),
  ]);
  expect(problemsOf({ ...config, checks: [null] })).toEqual(["checks.0: an object is needed"]);
});

test("a kind that waits to be told says so where nobody tells it", async () => {
  expect(await runCheck({ kind: "unit", id: "x", unit: "a.service" }, 1000)).toMatchObject({
    result: "fail",
    error: "a unit check needs the Observatory, which is told",
  });
});
