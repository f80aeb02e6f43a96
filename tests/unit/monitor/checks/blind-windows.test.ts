import { expect, test } from "@jest/globals";

import { type BlindWindow, createBlindWindows } from "../../../../monitor/checks/blind-windows";

const HOUR = 3_600_000;

test("blind windows in order of time, the open one last; a clock that was set back takes those away that it never saw", () => {
  let [now, since, kept] = [
    10 * HOUR,
    undefined as number | undefined,
    [] as readonly BlindWindow[],
  ];
  const windows = createBlindWindows(
    {
      now: () => now,
      since: () => since,
      keep: (all) => {
        kept = all;
      },
    },
    [{ from: HOUR, to: 2 * HOUR }],
  );
  windows.endNow(9 * HOUR);
  since = 9.5 * HOUR;
  expect(windows.all()).toEqual([
    { from: HOUR, to: 2 * HOUR },
    { from: 9 * HOUR, to: now },
    { from: since, to: now },
  ]);
  since = undefined;
  now -= 5 * HOUR;
  windows.endNow(now + 5 * HOUR);
  expect(windows.all()).toEqual([{ from: HOUR, to: 2 * HOUR }]);
  expect(kept).toEqual(windows.all());
  for (let time = 0; time < 300; time += 1) {
    now += 2000;
    windows.endNow(now - 1000);
  }
  expect(kept).toHaveLength(100);
  expect(kept.at(-1)).toEqual({ from: now - 1000, to: now });
});
