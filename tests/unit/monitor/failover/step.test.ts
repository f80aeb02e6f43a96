import { expect, test } from "@jest/globals";

import {
  type FailoverEffect,
  type FailoverRules,
  type FailoverState,
  FRESH,
} from "../../../../monitor/failover/state";
import { type FailoverEvent, step } from "../../../../monitor/failover/step";

const RULES: FailoverRules = { failAfter: 3, backAfter: 2, perHour: 2, copied: ["blog"] };
const T0 = Date.parse("2026-11-27T20:00:00Z");
const WELL: FailoverState = {
  ...FRESH,
  armed: true,
  good: 9,
  reached: true,
  network: true,
};

/** Tells a story: what happens, and at which second; what was said comes out. */
const story = (state: FailoverState = WELL, rules: Partial<FailoverRules> = {}) => {
  let now = state;
  let seconds = 0;
  let reports = 0;
  const said: FailoverEffect[] = [];
  const told = {
    state: () => now,
    at: (second: number) => {
      seconds = second;
      return told;
    },
    happens: (event: FailoverEvent, more: Partial<FailoverRules> = {}) => {
      const at = T0 + seconds * 1000;
      const [next, effects] = step({ ...RULES, ...rules, ...more }, now, event, at);
      now = next;
      said.push(...effects);
      return told;
    },
    silent: (rounds: number, { network = true, reached = false } = {}) => {
      for (let round = 0; round < rounds; round += 1) {
        told.happens({ kind: "reached", ok: reached });
        told.happens({ kind: "pinged", ok: false, began: T0 + seconds * 1000, network });
        seconds += 10;
      }
      return told;
    },
    answers: (rounds: number) => {
      for (let round = 0; round < rounds; round += 1) {
        told.happens({ kind: "reached", ok: true });
        told.happens({ kind: "pinged", ok: true, began: T0 + seconds * 1000, network: true });
        seconds += 10;
      }
      return told;
    },
    /** The unit has done what was ordered. */
    done: (moved: readonly string[] = ["blog.example.test"]) => {
      const { to: active, order } = now;
      reports += 1;
      const at = new Date(T0 + seconds * 1000 + reports).toISOString();
      return told.happens({ kind: "reported", report: { at, order, active, moved } });
    },
    orders: () => said.flatMap((one) => (one.kind === "order" ? [one.order] : [])),
    notes: () => said.flatMap((one) => (one.kind === "note" ? [one.lead] : [])),
  };
  return told;
};

test("after three rounds without an answer the names are ordered to the watcher, once, and told when they are there", () => {
  const told = story().silent(2);
  expect(told.orders()).toEqual([]);
  told.silent(1);
  expect(told.orders()).toEqual([{ number: 1, to: "watcher", since: T0, byHand: false }]);
  expect(told.notes()).toEqual([]);
  told.done().silent(20).done([]);
  expect(told.notes()).toEqual(["Failover: the watcher serves in the primary's place"]);
  expect(told.orders()).toHaveLength(1);
});

test("two good rounds bring the names back, and that is told once", () => {
  const told = story().silent(3).done().answers(1);
  expect(told.orders()).toHaveLength(1);
  told.answers(1);
  expect(told.orders().at(-1)).toMatchObject({ number: 2, to: "primary" });
  told.done().answers(5).done([]);
  expect(told.notes()).toEqual([
    "Failover: the watcher serves in the primary's place",
    "Failover is over: the primary serves again",
  ]);
});

test.each([
  ["SSH answers, so only its web server is gone", WELL, { reached: true }],
  ["its own network may be cut", WELL, { network: false }],
  ["the fleet is being set up: the primary was never well", { ...WELL, armed: false }, {}],
  ["an operator said manual", { ...WELL, mode: "manual" }, {}],
  ["an operator said off", { ...WELL, mode: "off" }, {}],
] as const)("the watcher does not take over where %s", (_, state, how) => {
  expect(story(state).silent(30, how).orders()).toEqual([]);
});

test("announced work holds both ways back, and what lasts longer than it is acted on", () => {
  const quiet = { quiet: "release abc on the primary" };
  const told = story(WELL, quiet).silent(10);
  expect(told.orders()).toEqual([]);
  told.happens({ kind: "pinged", ok: false, began: T0, network: true }, { quiet: undefined });
  expect(told.orders()).toMatchObject([{ to: "watcher" }]);
  told.done().answers(10);
  expect(told.orders()).toHaveLength(1);
});

test("one answer begins the count anew", () =>
  expect(story().silent(2).answers(1).silent(2).orders()).toEqual([]));

test("a round in which the network was not well counts for nothing", () =>
  expect(story().silent(2).silent(1, { network: false }).silent(2).orders()).toEqual([]));

test("within an hour it takes over twice; a third time is held back, told once, and possible later", () => {
  const told = story();
  for (let time = 0; time < 2; time += 1) told.silent(3).done().answers(2).done();
  told.silent(30);
  expect(told.orders()).toHaveLength(4);
  expect(told.notes().filter((lead) => lead.includes("held back"))).toHaveLength(1);
  told.at(7200).silent(1);
  expect(told.orders().at(-1)).toMatchObject({ to: "watcher" });
});

test("an order that is not carried out is given again, soon at first", () => {
  const told = story().silent(3);
  const began = 20;
  for (let second = began; second < began + 13; second += 1)
    told.at(second).happens({ kind: "tick" });
  expect(told.orders().map(({ number }) => number)).toEqual([1, 1, 1, 1]);
});

test("what the outside sees well is not taken over, is not told, and is over with the first answers", () => {
  const told = story().silent(3);
  const held = {
    at: "",
    order: 1,
    active: "primary",
    moved: [],
    held: "well",
  } as const;
  told.happens({ kind: "reported", report: held });
  expect(told.state()).toMatchObject({ to: "watcher", active: "primary" });
  told.answers(2).done([]);
  expect(told.state()).toMatchObject({ to: "primary", active: "primary", askedAt: undefined });
  expect(told.notes()).toEqual([]);
});

test("a token without its scopes is told once, and what passes is not", () => {
  const told = story().silent(3);
  const report = { at: "", order: 1, moved: [], error: "DigitalOcean answered 403" } as const;
  told.happens({ kind: "reported", report: { ...report, passing: true } });
  expect(told.notes()).toEqual([]);
  for (let time = 0; time < 3; time += 1) told.happens({ kind: "reported", report });
  expect(told.notes()).toEqual(["Failover: the names can't be led to the watcher"]);
});

test("by hand: on stays on although the primary is well, off gives back and stays, auto decides again", () => {
  const told = story().happens({ kind: "mode", mode: "on" });
  expect(told.orders()).toMatchObject([{ to: "watcher", byHand: true }]);
  told.done().answers(10);
  expect(told.state()).toMatchObject({ mode: "on", active: "watcher" });
  told.happens({ kind: "mode", mode: "on" });
  expect(told.orders()).toHaveLength(1);
  told.happens({ kind: "mode", mode: "off" }).done().silent(10);
  expect(told.state()).toMatchObject({ mode: "off", active: "primary" });
  told.happens({ kind: "mode", mode: "auto" }).silent(1);
  expect(told.state()).toMatchObject({ to: "watcher", byHand: false });
});

test("a recovery hands back whatever held the names, and what was off stays off", () => {
  const on = story().happens({ kind: "mode", mode: "on" }).done().happens({ kind: "hand-back" });
  expect(on.done().state()).toMatchObject({ mode: "auto", active: "primary" });
  const off = story({ ...WELL, mode: "off" }).happens({ kind: "hand-back" });
  expect(off.state().mode).toBe("off");
  expect(off.orders()).toEqual([]);
});

test("takeovers by hand do not count against the limit", () => {
  const told = story();
  for (let time = 0; time < 4; time += 1)
    told.happens({ kind: "mode", mode: "on" }).done().happens({ kind: "mode", mode: "off" }).done();
  told.happens({ kind: "mode", mode: "auto" }).silent(3);
  expect(told.state().to).toBe("watcher");
});

test("records that somebody else has moved are told of", () =>
  expect(story().done(["chat.example.test"]).notes()).toEqual([
    "Records of the services were changed by somebody else, and are put right",
  ]));

test("a report of an order that another one has overtaken says nothing", () => {
  const told = story().silent(3).happens({ kind: "mode", mode: "off" });
  told.happens({ kind: "reported", report: { at: "", order: 1, active: "watcher", moved: ["x"] } });
  expect(told.state()).toMatchObject({ to: "primary", active: "primary", order: 2 });
  expect(told.notes()).toEqual([]);
});
