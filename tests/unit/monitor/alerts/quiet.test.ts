import { expect, test } from "@jest/globals";

import { active, type Window } from "../../../../monitor/alerts/maintenance";
import { Story, watch } from "./story";

const down = { blog: "HTTP 502, expected 200" };
const minutes = (count: number): number => count * 6;

test("down for nine hours: a mail, two reminders, one all-clear", async () => {
  const story = await Story.settled([watch("blog")]);
  await story.rounds(minutes(9 * 60), down);
  await story.rounds(3);
  expect(story.subjects()).toEqual([
    "[lab] DOWN: blog",
    "[lab] STILL DOWN: blog (for 4 h 0 min)",
    "[lab] STILL DOWN: blog (for 8 h 0 min)",
    "[lab] UP: blog (was down 9 h 0 min)",
  ]);
});

test("a reminder that falls due while the check passes again is left out", async () => {
  const story = await Story.settled([watch("blog")], { remindMs: 600_000 });
  await story.rounds(minutes(10) + 1, down);
  const before = story.sent.length;
  await story.rounds(3);
  expect([before, ...story.subjects().map((subject) => subject.slice(6, 10))]).toEqual([
    1,
    "DOWN",
    "UP: ",
  ]);
});

test("acknowledged: no more reminders, the all-clear comes; acknowledging what is over says so", async () => {
  const story = await Story.settled([watch("blog")]);
  await story.rounds(5, down);
  expect(story.alerts.state().open.has(1)).toBe(true);
  story.alerts.happened({ kind: "acknowledge", incident: 1, by: "ops" });
  story.restart();
  await story.rounds(minutes(9 * 60), down);
  await story.rounds(3);
  expect(story.subjects().map((subject) => subject.slice(6, 10))).toEqual(["DOWN", "UP: "]);
  const before = story.memory.events.length;
  story.alerts.happened({ kind: "acknowledge", incident: 1, by: "ops" });
  expect(story.alerts.state().open.has(1)).toBe(false);
  expect(story.memory.events).toHaveLength(before);
});

test("snoozed for an hour: a reminder at its end", async () => {
  const story = await Story.settled([watch("blog")]);
  await story.rounds(5, down);
  story.alerts.happened({
    kind: "snooze",
    incident: 1,
    by: "ops",
    until: story.clock.now() + 3_600_000,
  });
  await story.rounds(minutes(59), down);
  expect(story.sent).toHaveLength(1);
  await story.rounds(minutes(2), down);
  expect(story.subjects()[1]).toContain("STILL DOWN: blog");
});

test("a service that flaps: some mails, one that says it flaps, then quiet until it has held for half an hour", async () => {
  const story = await Story.settled([watch("blog")]);
  for (let time = 0; time < 12; time += 1) {
    await story.rounds(3, down);
    await story.rounds(3);
  }
  expect(story.subjects().filter((subject) => subject.includes("FLAPPING"))).toHaveLength(1);
  const before = story.sent.length;
  expect(before).toBe(7);
  await story.rounds(minutes(29));
  expect(story.sent).toHaveLength(before);
  await story.rounds(minutes(2));
  expect(story.subjects().at(-1)).toBe("[lab] STEADY: blog is up");
  await story.rounds(4, down);
  expect(story.subjects().at(-1)).toBe("[lab] DOWN: blog");
});

test("a check that flaps and stays down says so once it holds", async () => {
  const story = await Story.settled([watch("blog")]);
  for (let time = 0; time < 4; time += 1) {
    await story.rounds(3, down);
    await story.rounds(3);
  }
  await story.rounds(minutes(35), down);
  expect(story.subjects().slice(-2)).toEqual([
    "[lab] FLAPPING: blog",
    "[lab] STEADY: blog is down",
  ]);
});

test("down within a maintenance window: nothing, and a mail when it outlasts the window", async () => {
  const windows: Window[] = [];
  const story: Story = await Story.settled([watch("blog")], {
    maintenance: (): Window[] => windows.filter(({ to }) => story.clock.now() < to),
  });
  windows.push({
    id: 1,
    title: "deploy",
    from: story.clock.now(),
    to: story.clock.now() + 600_000,
  });
  await story.rounds(10, down);
  await story.rounds(3);
  expect(story.sent).toEqual([]);
  await story.rounds(minutes(10), down);
  expect(story.subjects()).toEqual(["[lab] DOWN: blog"]);
});

test("weekly windows begin at their hour on their days, across midnight too; once-only ones at their instants", () => {
  const at = (text: string): number => new Date(text).getTime();
  const weekly = { title: "upgrades", weekly: { days: [0], at: "23:30", minutes: 60 } };
  expect(active([weekly], [], at("2026-03-01T23:45:00")).map(({ title }) => title)).toEqual([
    "upgrades",
  ]);
  expect(active([weekly], [], at("2026-03-02T00:29:00"))).toHaveLength(1);
  expect(active([weekly], [], at("2026-03-02T00:30:00"))).toEqual([]);
  expect(active([weekly], [], at("2026-03-02T23:45:00"))).toEqual([]);
  const once = { title: "move", from: "2026-03-03T10:00:00Z", to: "2026-03-03T11:00:00Z" };
  expect(active([once], [], at("2026-03-03T10:30:00Z"))).toHaveLength(1);
  expect(active([once], [], at("2026-03-03T11:00:00Z"))).toEqual([]);
});

test("what goes down and up in announced work does not count as flapping: down at the window's end is told at once", async () => {
  const window = { isOpen: true };
  const story = await Story.settled([watch("blog")], {
    maintenance: () =>
      window.isOpen ? [{ id: 1, title: "deploy", from: 0, to: Number.MAX_SAFE_INTEGER }] : [],
  });
  for (let time = 0; time < 5; time += 1) {
    await story.rounds(3, down);
    await story.rounds(3);
  }
  await story.rounds(3, down);
  expect(story.subjects()).toEqual([]);
  window.isOpen = false;
  await story.round(down);
  expect(story.subjects()).toEqual(["[lab] DOWN: blog"]);
});
