import { expect, test } from "@jest/globals";

import { createTimeline, renderTimeline } from "../../../drills/timeline";

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

test("the measures are aligned under the drill's name", () => {
  expect(renderTimeline("primary-dark", { "cut to alert": 31.4, outage: 105 })).toBe(
    "\nprimary-dark: everything came back.\n  cut to alert     31.4 s\n  outage          105.0 s",
  );
});
