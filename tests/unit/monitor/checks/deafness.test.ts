import { expect, test } from "@jest/globals";

import { Deafness, type Gap } from "../../../../monitor/checks/deafness";

const HOUR = 3_600_000;

test("gaps in order of time, the open one last; a clock that was set back takes those away that it never saw", () => {
  let [now, since, kept] = [10 * HOUR, undefined as number | undefined, [] as readonly Gap[]];
  const deafness = new Deafness(
    {
      now: () => now,
      since: () => since,
      keep: (gaps) => {
        kept = gaps;
      },
    },
    [{ from: HOUR, to: 2 * HOUR }],
  );
  deafness.until(9 * HOUR);
  since = 9.5 * HOUR;
  expect(deafness.gaps()).toEqual([
    { from: HOUR, to: 2 * HOUR },
    { from: 9 * HOUR, to: now },
    { from: since, to: now },
  ]);
  since = undefined;
  now -= 5 * HOUR;
  deafness.until(now + 5 * HOUR);
  expect(deafness.gaps()).toEqual([{ from: HOUR, to: 2 * HOUR }]);
  expect(kept).toEqual(deafness.gaps());
  for (let time = 0; time < 300; time += 1) {
    now += 2000;
    deafness.until(now - 1000);
  }
  expect(kept).toHaveLength(100);
  expect(kept.at(-1)).toEqual({ from: now - 1000, to: now });
});
