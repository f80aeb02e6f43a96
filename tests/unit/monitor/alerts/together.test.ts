import { expect, test } from "@jest/globals";

import { openIncidents } from "../../../../monitor/alerts/alert-state";
import type { Outcome } from "../../../../monitor/checks/outcome";
import { Story, watch } from "./story";

const late: Partial<Outcome> = { error: "no answer within 5 s", stage: "answer", late: true };
const noDoor: Partial<Outcome> = { error: "connection timed out", stage: "connection", late: true };
const bad: Partial<Outcome> = { error: "HTTP 502, expected 200", stage: "answer" };
const fleet = () => [
  watch("primary", "primary"),
  watch("nginx", "nginx"),
  watch("blog"),
  watch("chat"),
  watch("forth"),
];
const all = { blog: late, chat: late, forth: late };

test("what was answered has a way: a service that answers 502 is told while the primary's SSH is silent, and one that can't be reached is not", async () => {
  const story = await Story.settled(fleet());
  await story.rounds(6, { primary: noDoor, blog: noDoor });
  expect(story.subjects()).toEqual(["[lab] DOWN: primary"]);
  await story.rounds(4, { primary: noDoor, blog: noDoor, chat: bad });
  expect(story.subjects()).toEqual(["[lab] DOWN: primary", "[lab] DOWN: chat"]);
});

test("a group is told once, survives a restart, and its first all-clear waits a round for the others", async () => {
  const story = await Story.settled(fleet(), { roundMs: 15_000 });
  await story.rounds(5, all);
  expect(story.subjects()).toEqual(["[lab] DOWN: blog, chat, forth"]);
  await story.rounds(2, { forth: late });
  story.restart();
  expect(story.sent).toHaveLength(1);
  await story.rounds(2, { forth: late });
  expect(story.subjects().slice(1)).toEqual(["[lab] UP: blog, chat (were down 60 s)"]);
  expect(story.sent[1]?.text).toContain("Still down (1): forth");
  story.restart();
  await story.rounds(3);
  expect(story.subjects().slice(2)).toEqual(["[lab] UP: forth (was down 100 s)"]);
});

test("who answers the message of a group answers for all of it; a reminder is one, too", async () => {
  const story = await Story.settled(fleet(), { remindMs: 600_000 });
  await story.rounds(70, all);
  expect(story.subjects().slice(1)).toEqual(["[lab] STILL DOWN: blog, chat, forth"]);
  const [first] = openIncidents(story.alerts.state());
  story.alerts.happened({ kind: "acknowledge", incident: first?.id ?? 0, by: "ops" });
  await story.rounds(130, all);
  expect(story.sent).toHaveLength(2);
  await story.rounds(3);
  expect(story.subjects().slice(2)).toEqual([
    "[lab] UP: blog, chat, forth (were down 33 min 30 s)",
  ]);
});

test("what fails for another reason is a message of its own", async () => {
  const story = await Story.settled(fleet());
  await story.rounds(5, { ...all, forth: bad });
  expect(story.subjects().toSorted()).toEqual(["[lab] DOWN: blog, chat", "[lab] DOWN: forth"]);
});

test("several that outlast one maintenance are one message", async () => {
  const until = { at: Infinity };
  const story = await Story.settled(fleet(), {
    maintenance: (now) =>
      now < until.at ? [{ id: 1, title: "deploy", from: 0, to: until.at }] : [],
  });
  until.at = story.clock.now() + 100_000;
  await story.rounds(12, { ...all, forth: bad });
  expect(story.subjects()).toEqual(["[lab] DOWN: blog, chat, forth"]);
});

test("what was told and is no longer watched is closed in words", async () => {
  const story = await Story.settled(fleet());
  await story.rounds(5, { blog: bad });
  story.alerts.happened({ kind: "checks", watched: fleet().filter(({ id }) => id !== "blog") });
  expect(story.subjects()).toEqual(["[lab] DOWN: blog", "[lab] CLOSED: blog (no longer watched)"]);
});

test("one that fails again before its all-clear has left: first that it was well, then that it is not", async () => {
  const story = await Story.settled(
    [watch("primary", "primary"), watch("blog", "service", 2), watch("chat", "service", 2)],
    { roundMs: 25_000 },
  );
  await story.rounds(2, { blog: late, chat: late });
  await story.rounds(2, { chat: late });
  await story.rounds(2, { blog: bad, chat: late });
  expect(story.subjects()).toEqual([
    "[lab] DOWN: blog, chat",
    "[lab] UP: blog (was down 30 s)",
    "[lab] DOWN: blog",
  ]);
});

test.each([
  ["once is no alert: it is asked again before that counts", false, []],
  ["and stays lost is DNS's", true, ["[lab] DOWN: dns"]],
])("a name that a check of once a minute finds lost %s", async (_what, staysLost, subjects) => {
  const story = await Story.settled([
    watch("dns", "dns"),
    { ...watch("certificate", "certificate"), inZone: true },
  ]);
  const lost = { error: "name server did not answer", stage: "name" } as const;
  story.ran("certificate", lost);
  for (let round = 0; round < 12; round += 1) {
    const before = story.hurried.length;
    story.ran("dns");
    await story.round({}, []);
    if (story.hurried.includes("certificate", before))
      story.ran("certificate", staysLost ? lost : undefined);
  }
  expect(story.subjects()).toEqual(subjects);
});
