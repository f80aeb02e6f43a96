import { expect, test } from "@jest/globals";

import { backup, FULL, host, Story, watch } from "./story";

const fleet = () => [
  watch("primary", "primary"),
  watch("nginx", "nginx"),
  watch("blog"),
  watch("comments"),
  host("primary"),
  host("watcher"),
  backup(),
];
const broken = { comments: "HTTP 500, expected 200" };
const noRoom = { ...broken, "primary/host": FULL };

test("a full disk is one alert at once, which names what fails with it, and one all-clear", async () => {
  const story = await Story.settled(fleet());
  await story.round({ "primary/host": FULL });
  expect(story.subjects()).toEqual(["[lab] DOWN: primary/host"]);
  await story.rounds(30, { ...noRoom, backup: "the newest verified backup is 3 h old" });
  story.restart();
  await story.rounds(30, { ...noRoom, backup: "the newest verified backup is 3 h old" });
  expect(story.subjects()).toHaveLength(1);
  await story.rounds(4);
  expect(story.subjects()).toEqual([
    "[lab] DOWN: primary/host",
    "[lab] UP: primary/host (was down 10 min 20 s)",
  ]);
  expect(story.sent[1]?.text).toContain("Was not reachable with it (2): comments, backup");
});

test("what it does not explain is an alert of its own: nginx, another machine's services, what was down before and what stays down after", async () => {
  const story = await Story.settled(fleet());
  await story.rounds(4, { blog: "HTTP 404, expected 200" });
  await story.rounds(4, { ...noRoom, blog: "HTTP 404, expected 200", nginx: "connection refused" });
  expect(story.subjects().map((subject) => subject.slice(6))).toEqual([
    "DOWN: blog",
    "DOWN: primary/host",
    "DOWN: nginx",
  ]);
  await story.rounds(3, broken);
  await story.rounds(2, broken);
  expect(story.subjects().slice(-1)).toEqual(["[lab] DOWN: comments"]);
  const other = await Story.settled(fleet());
  await other.rounds(4, { ...broken, "watcher/host": FULL });
  expect(other.subjects().map((subject) => subject.slice(6))).toEqual([
    "DOWN: watcher/host",
    "DOWN: comments",
  ]);
});

test("a disk that fills: told when it passes its limit, told again when it is full, and once however it wavers", async () => {
  const story = await Story.settled(fleet());
  const fills = { "primary/host": "disk 93 %, more than 90 %" };
  await story.rounds(5, { ...fills });
  await story.rounds(4, noRoom);
  await story.rounds(2, fills);
  await story.rounds(4, noRoom);
  expect(story.subjects().map((subject) => subject.slice(6))).toEqual([
    "DOWN: primary/host",
    "WORSE: primary/host",
  ]);
  expect(story.sent[1]?.text).toContain(FULL);
});

test("a service that is not well when there is room again has to fail all its times anew", async () => {
  const story = await Story.settled(fleet());
  await story.rounds(4, noRoom);
  await story.rounds(3, { ...broken, "primary/host": "disk 93 %, more than 90 %" });
  expect(story.sent).toHaveLength(1);
  await story.round({ ...broken, "primary/host": "disk 93 %, more than 90 %" });
  expect(story.subjects().slice(1)).toEqual(["[lab] DOWN: comments"]);
});
