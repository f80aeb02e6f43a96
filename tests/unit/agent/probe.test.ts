import { afterEach, beforeEach, expect, test } from "@jest/globals";

import { probePublic } from "../../../agent/probe";
import { type TemporaryMachine, temporaryMachine } from "./temporary-machine";

const PROBE = {
  service: "blog",
  url: "https://blog.example.test/",
  status: 200,
  timeoutSeconds: 20,
};
let machine: TemporaryMachine;
beforeEach(() => {
  machine = temporaryMachine();
});
afterEach(() => {
  machine.remove();
});

/** A machine so busy that each answer takes so long, and what each was given. */
const busy = (answerMs: number): { readonly given: number[]; probe(): Promise<void> } => {
  const given: number[] = [];
  let now = 0;
  const slow: TemporaryMachine = {
    ...machine,
    now: () => new Date(now),
    sleep: (milliseconds) => {
      now += milliseconds;
      return Promise.resolve();
    },
    askPublic: (_url, withinMs) => {
      given.push(withinMs);
      now += Math.min(answerMs, withinMs);
      return answerMs < withinMs
        ? Promise.resolve({ status: 200, body: "ok" })
        : Promise.reject(new Error(`no answer within ${withinMs / 1000} s`));
    },
  };
  return { given, probe: () => probePublic(slow, [PROBE]) };
};

test("a machine that takes longer than usual for an answer is given longer, within the probe's time", async () => {
  const { given, probe } = busy(5000);
  await probe();
  expect(given).toEqual([3000, 6000]);
});

test("what never answers is asked for the probe's time, and told", async () => {
  const { given, probe } = busy(60_000);
  await expect(probe()).rejects.toThrow(
    "blog: https://blog.example.test/ answered no answer within",
  );
  expect(given).toEqual([3000, 6000, 9000]);
});
