import { expect, test } from "@jest/globals";

import { Story, watch } from "./story";

const fleet = () => [watch("primary", "primary"), watch("blog"), watch("chat")];
const dark = {
  primary: "connection timed out",
  blog: "no answer within 5 s",
  chat: "no answer within 5 s",
};

test("up → fails twice → nothing → fails a third time → one mail → the monitor restarts → still one mail → passes twice → one all-clear with the length", async () => {
  const story = await Story.settled(fleet());
  await story.rounds(3);
  await story.rounds(2, { blog: "HTTP 502, expected 200" });
  expect(story.subjects()).toEqual([]);
  await story.round({ blog: "HTTP 502, expected 200" });
  expect(story.subjects()).toEqual(["[lab] DOWN: blog"]);
  expect(story.sent[0]?.text).toContain(
    "Since: 2026-03-01 12:00:40 UTC (20 s before this alert)\nLast error: HTTP 502, expected 200\nAffects: ",
  );
  story.restart();
  await story.rounds(5, { blog: "HTTP 502, expected 200" });
  await story.round();
  expect(story.subjects()).toHaveLength(1);
  await story.round();
  expect(story.subjects()).toEqual(["[lab] DOWN: blog", "[lab] UP: blog (was down 90 s)"]);
});

test("a restart in the middle of a failing streak neither forgets nor repeats a step", async () => {
  const story = await Story.settled(fleet());
  await story.round();
  await story.rounds(2, { blog: "connection refused" });
  story.restart();
  await story.round({ blog: "connection refused" });
  expect(story.subjects()).toEqual(["[lab] DOWN: blog"]);
});

test.each([
  ["the primary is asked first", ["primary", "blog", "chat"]],
  ["the services are asked first", ["blog", "chat", "primary"]],
])(
  "a dark primary is one mail that names the services, and one all-clear (%s)",
  async (_when, order) => {
    const story = await Story.settled(fleet());
    await story.round();
    await story.rounds(30, dark, order);
    expect(story.subjects()).toEqual(["[lab] DOWN: primary"]);
    expect(story.sent[0]?.text).toContain("Not reachable with it (2 so far): blog, chat");
    await story.rounds(5);
    expect(story.subjects()).toEqual([
      "[lab] DOWN: primary",
      "[lab] UP: primary (was down 5 min 10 s)",
    ]);
  },
);

test("a service that stays down after the primary is back becomes an alert of its own", async () => {
  const story = await Story.settled(fleet());
  await story.round();
  await story.rounds(6, dark);
  await story.rounds(5, { chat: "HTTP 500, expected 200" });
  expect(story.subjects()).toEqual([
    "[lab] DOWN: primary",
    "[lab] UP: primary (was down 70 s)",
    "[lab] DOWN: chat",
  ]);
});

test("a service that was down before is told apart from the dark primary", async () => {
  const story = await Story.settled(fleet());
  await story.rounds(4, { chat: "HTTP 500, expected 200" });
  await story.rounds(4, dark);
  await story.rounds(4);
  expect(story.subjects().map((subject) => subject.slice(6, 20))).toEqual([
    "DOWN: chat",
    "DOWN: primary",
    "UP: primary (w",
    "UP: chat (was ",
  ]);
});

test("a service waits for the primary's verdict, asks for it at once, and does not wait for ever", async () => {
  const story = await Story.settled(fleet());
  await story.round();
  await story.rounds(3, { blog: "HTTP 502, expected 200" }, ["blog"]);
  expect(story.hurried).toEqual(["primary"]);
  expect(story.subjects()).toEqual([]);
  await story.rounds(2, { blog: "HTTP 502, expected 200" }, ["blog"]);
  expect(story.subjects()).toEqual(["[lab] DOWN: blog"]);
});

test("a clock that is set back by a day while an alert waits for the primary's verdict ends the waiting", async () => {
  const story = await Story.settled(fleet());
  await story.rounds(3, { blog: "HTTP 502, expected 200" }, ["blog"]);
  expect(story.subjects()).toEqual([]);
  story.clock.jump(-86_400_000);
  story.alerts.happened({ kind: "tick" });
  expect(story.subjects()).toEqual(["[lab] DOWN: blog"]);
});

test("what the watcher could not tell counts neither as a failure nor as a pass", async () => {
  const story = await Story.settled(fleet());
  await story.rounds(2, { blog: "connection refused" });
  for (let time = 0; time < 10; time += 1)
    story.alerts.happened({
      kind: "ran",
      check: "blog",
      began: story.clock.now(),
      outcome: { result: "unknown", ms: 1, error: "network unreachable" },
    });
  expect(story.subjects()).toEqual([]);
  await story.round({ blog: "connection refused" });
  expect(story.subjects()).toEqual(["[lab] DOWN: blog"]);
});

test("what is being set up is silent for five minutes; if it never comes up, it is an alert", async () => {
  const story = new Story(fleet());
  await story.rounds(12, { chat: "connection refused" });
  await story.rounds(12);
  expect(story.subjects()).toEqual([]);
  const other = new Story(fleet());
  await other.rounds(29, { chat: "connection refused" });
  expect(other.subjects()).toEqual([]);
  await other.rounds(3, { chat: "connection refused" });
  expect(other.subjects()).toEqual(["[lab] DOWN: chat"]);
});

test.each([
  ["every other time", [true, false]],
  ["two of three times", [true, true, false]],
])(
  "what fails %s, and never three times in a row, is an alert within four minutes, once, and cleared when it holds",
  async (_often, pattern) => {
    const story = await Story.settled(fleet());
    await story.rounds(2);
    for (let round = 0; round < 60; round += 1)
      await story.round(pattern[round % pattern.length] ? { blog: "HTTP 502, expected 200" } : {});
    expect(story.subjects()).toEqual(["[lab] DOWN: blog"]);
    const [down] = story.sent;
    expect(down?.text).toMatch(/HTTP 502, expected 200 \(1\d of the last 20 runs failed\)/);
    expect(Date.parse(/^Since: (.*) UTC/m.exec(down?.text ?? "")?.[1] ?? "")).toBeGreaterThan(0);
    await story.rounds(3);
    expect(story.subjects().slice(1)).toEqual([expect.stringContaining("UP: blog")]);
  },
);

test("now and then a failure is no alert: one of four runs, for hours", async () => {
  const story = await Story.settled(fleet());
  for (let round = 0; round < 400; round += 1)
    await story.round(round % 4 === 0 ? { blog: "HTTP 502, expected 200" } : {});
  expect(story.subjects()).toEqual([]);
});
