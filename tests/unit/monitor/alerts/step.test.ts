import { expect, test } from "@jest/globals";

import {
  type AlertState,
  checkState,
  openIncidents,
  remembered,
} from "../../../../monitor/alerts/alert-state";
import type { AlertRules } from "../../../../monitor/alerts/draft";
import type { Effect } from "../../../../monitor/alerts/effects";
import { type AlertEvent, step } from "../../../../monitor/alerts/step";
import { watch } from "./story";

const rules: AlertRules = {
  fleet: "lab",
  link: (incident) => `https://status.example.test/incident/${incident}`,
  patienceMs: 20_000,
  roundMs: 10_000,
  remindMs: 0,
  flapsPerHour: 6,
  maintenance: () => [],
};
const NOW = Date.parse("2026-03-01T12:00:00Z");
const SECOND = 1000;

const started = (ids: readonly string[]): AlertState =>
  step(
    rules,
    remembered({ states: new Map(), open: [], nextIncident: 1 }),
    { kind: "checks", watched: ids.map((id) => watch(id)) },
    NOW,
  )[0];

const ran = (check: string, ok: boolean): AlertEvent => ({
  kind: "ran",
  check,
  began: NOW,
  outcome: ok ? { result: "pass", ms: 5 } : { result: "fail", ms: 5, error: "HTTP 502" },
});

/** What a reader of the journal would see of them. */
const told = (effects: readonly Effect[]): string[] =>
  effects.map((effect) => (effect.kind === "write" ? `write ${effect.record}` : effect.kind));

test("a step does nothing by itself: the state it was given stays as it was, and twice the same gives twice the same", () => {
  let state = started(["blog"]);
  for (const ok of [true, false, false]) [state] = step(rules, state, ran("blog", ok), NOW);
  const before = JSON.stringify([checkState(state, "blog"), openIncidents(state)]);
  const [after, effects] = step(rules, state, ran("blog", false), NOW);
  expect(told(effects)).toEqual([
    "write state",
    "write incident",
    "write event",
    "write state",
    "log",
    "send",
  ]);
  expect(openIncidents(after)).toMatchObject([{ id: 1, check: "blog", error: "HTTP 502" }]);
  expect(JSON.stringify([checkState(state, "blog"), openIncidents(state)])).toBe(before);
  expect(step(rules, state, ran("blog", false), NOW)).toEqual([after, effects]);
});

test("ten thousand checks that pass: each run is one write, no run copies them all, and a tick looks at none", () => {
  const ids = Array.from({ length: 10_000 }, (_, index) => `check-${index}`);
  let state = started(ids);
  for (const id of ids) [state] = step(rules, state, ran(id, true), NOW);
  const { base } = state.checks;
  const [next, effects] = step(rules, state, ran("check-0", true), NOW + SECOND);
  expect(told(effects)).toEqual(["write state"]);
  expect(next.checks.base).toBe(base);
  expect(next.watched).toBe(state.watched);
  expect(next.attention.size).toBe(0);
  expect(step(rules, next, { kind: "tick" }, NOW + SECOND)[1]).toEqual([]);
});
