import { expect, test } from "@jest/globals";

import { expired, goneWhen, idOf, momentOf } from "../../../agent/backup/retention";

const KEEP = { hourly: 24, daily: 7, weekly: 4 };
const hoursBack = (count: number, from = Date.UTC(2026, 10, 21, 12, 7)): string[] =>
  Array.from({ length: count }, (_, hour) => idOf(new Date(from - hour * 3_600_000)));
const keptOf = (ids: readonly string[], keep = KEEP): string[] => {
  const gone = new Set(expired(ids, keep));
  return ids.filter((id) => !gone.has(id));
};

test("an id is a moment, and sorts like one", () => {
  expect(momentOf("20261121T120700Z").toISOString()).toBe("2026-11-21T12:07:00.000Z");
  expect(idOf(momentOf("20261121T120700Z"))).toBe("20261121T120700Z");
});

test.each([
  ["nothing", [], KEEP, []],
  [
    "one backup stays however little is to be kept",
    hoursBack(1),
    { hourly: 0, daily: 0, weekly: 0 },
    hoursBack(1),
  ],
  ["a day of hours stays", hoursBack(24), KEEP, hoursBack(24)],
  [
    "of an hour the newest stays",
    ["20261121T110700Z", "20261121T111500Z", "20261121T120700Z", "20261121T130700Z"],
    KEEP,
    ["20261121T111500Z", "20261121T120700Z", "20261121T130700Z"],
  ],
  [
    "the two newest stay, though they are of one hour",
    ["20261121T120700Z", "20261121T121500Z", "20261121T125900Z"],
    KEEP,
    ["20261121T121500Z", "20261121T125900Z"],
  ],
  [
    "of one day the newest stays when hours are not kept",
    ["20261119T010000Z", "20261119T230000Z", "20261120T230000Z", "20261121T010000Z"],
    { hourly: 0, daily: 7, weekly: 0 },
    ["20261119T230000Z", "20261120T230000Z", "20261121T010000Z"],
  ],
  [
    "weeks begin on Monday",
    ["20261115T230000Z", "20261116T010000Z"],
    { hourly: 0, daily: 0, weekly: 4 },
    ["20261115T230000Z", "20261116T010000Z"],
  ],
  [
    "a gap does not count: the last hours that have a backup stay",
    ["20260101T000000Z", "20260301T000000Z", "20261121T120700Z"],
    KEEP,
    ["20260101T000000Z", "20260301T000000Z", "20261121T120700Z"],
  ],
] as const)("%s", (_what, ids, keep, kept) => {
  expect(keptOf(ids, keep)).toEqual(kept);
});

test("after two months of hourly backups, a day of hours, a week of days and four weeks are there", () => {
  let ids: string[] = [];
  for (const id of hoursBack(24 * 60).reverse()) {
    ids.push(id);
    ids = keptOf(ids);
  }
  expect(ids.length).toBeLessThanOrEqual(24 + 7 + 4 + 1);
  const ages = ids.map(
    (id) => (Date.UTC(2026, 10, 21, 12, 7) - momentOf(id).getTime()) / 3_600_000,
  );
  expect(ages.filter((age) => age < 24)).toHaveLength(24);
  expect(Math.max(...ages)).toBeGreaterThan(24 * 18);
});

const taken = (count: number, minutes: number): string[] =>
  Array.from({ length: count }, (_, index) =>
    idOf(new Date(Date.UTC(2026, 10, 21, 0, 7) + index * minutes * 60_000)),
  );
test.each([
  ["96 quarter-hours are 96 backups", 15, 96, 200, 96],
  ["of backups every six hours, 24 hours hold four", 360, 24, 40, 4],
  ["of hourly ones, 24 hours hold 24", 60, 24, 40, 24],
])("%s", (_what, everyMinutes, hourly, count, kept) => {
  const ids = taken(count, everyMinutes);
  expect(count - expired(ids, { hourly, daily: 0, weekly: 0 }, everyMinutes).length).toBe(kept);
});

test("the two taken last stay whatever a wrong clock named them, and one from the future pushes out neither", () => {
  const [future, ...hours] = ["20990101T000000Z", ...taken(6, 60)];
  const gone = expired([...hours.slice(0, 4), future, ...hours.slice(4)], {
    hourly: 0,
    daily: 0,
    weekly: 0,
  });
  expect(gone).toEqual([future, ...hours.slice(0, 4).reverse()]);
});

test.each([
  ["hourly", 60, KEEP],
  ["every quarter of an hour", 15, { hourly: 8, daily: 3, weekly: 2 }],
  ["every six hours", 360, KEEP],
  ["without weeks", 60, { hourly: 24, daily: 7, weekly: 0 }],
  ["as little as can be", 60, { hourly: 1, daily: 0, weekly: 0 }],
])("when each backup goes is as the policy lets them go, to the day: %s", (_what, every, keep) => {
  const now = new Date(Date.UTC(2026, 10, 28, 12, 7));
  const step = every * 60_000;
  let all = Array.from({ length: 300 }, (_, at) =>
    idOf(new Date(now.getTime() - (299 - at) * step)),
  );
  const letGo = (): readonly string[] => {
    const gone = expired(all, keep, every);
    all = all.filter((id) => !gone.includes(id));
    return gone;
  };
  letGo();
  const ids = all;
  const told = goneWhen(ids, keep, every, now);
  const seen = new Map<string, number>();
  for (let at = now.getTime() + step; seen.size < ids.length; at += step) {
    all = [...all, idOf(new Date(at))];
    for (const id of letGo()) if (ids.includes(id)) seen.set(id, at);
  }
  for (const id of ids)
    expect(Math.abs((told.get(id)?.getTime() ?? 0) - (seen.get(id) ?? 0))).toBeLessThanOrEqual(
      86_400_000,
    );
});
