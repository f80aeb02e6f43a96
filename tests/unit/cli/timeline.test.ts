import { expect, test } from "@jest/globals";

import { createTimeline, renderRun, renderSummary } from "../../../drills/timeline";

test("marks carry the second since the drill began, to a tenth", () => {
  let clock = 50_000;
  const seen: string[] = [];
  const timeline = createTimeline(
    () => clock,
    ({ at, what }) => seen.push(`${at} ${what}`),
  );
  timeline.mark("cut");
  clock += 31_449;
  expect(timeline.mark("alert", "primary is down")).toBe(31.4);
  expect(seen).toEqual(["0 cut", "31.4 alert"]);
  expect(timeline.marks).toEqual([
    { at: 0, what: "cut" },
    { at: 31.4, what: "alert", detail: "primary is down" },
  ]);
});

const RUN = {
  drill: "primary-dark",
  ok: true,
  seconds: 130,
  measures: { "cut to alert": 31.4, outage: 105 },
  writes: { acknowledged: 80, lost: 0, longestGapSeconds: 41.2 },
};

test("the measures are aligned under the drill's name, and the writes stand below them", () => {
  expect(renderRun(RUN)).toBe(
    [
      "",
      "primary-dark: everything came back.",
      "  cut to alert     31.4 s",
      "  outage          105.0 s",
      "  80 writes acknowledged, 0 lost; longest time without one 41.2 s",
    ].join("\n"),
  );
});

test("a drill that failed says why, also where nothing was measured", () => {
  const failed = {
    drill: "partition",
    ok: false,
    seconds: 3,
    error: "no mail",
    measures: {},
  };
  expect(renderRun(failed)).toBe("\npartition: FAILED: no mail");
  expect(renderSummary([RUN, failed])).toBe(
    [
      "",
      "ok      primary-dark               130 s  0 of 80 writes lost",
      "FAILED  partition                    3 s",
      "2 drills, 1 failed.",
    ].join("\n"),
  );
});
