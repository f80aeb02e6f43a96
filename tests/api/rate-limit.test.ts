import { expect, test } from "@jest/globals";

import { createRateLimit } from "../../local/cloud/api/rate-limit";
import { fakeClock } from "./harness";

test("5,000 calls an hour, sliding: refused until the oldest of them is an hour old", async () => {
  const clock = fakeClock();
  const limit = createRateLimit(clock, true);
  for (let at = 0; at < 5_000; at++) {
    await clock.advance(500);
    if (!limit.count("one").allowed) throw new Error(`call ${at} was refused`);
  }
  expect(limit.count("one")).toMatchObject({
    allowed: false,
    headers: { "ratelimit-remaining": "0" },
    retryAfterSeconds: 3_600 - 2_499,
  });
  await clock.advance(1_102_000);
  expect(limit.count("one").allowed).toBe(true);
});

test("without enforcement calls go on for ever, in a bounded memory: neither calls nor tokens pile up", () => {
  const limit = createRateLimit(fakeClock(), false);
  const verdicts = Array.from({ length: 12_000 }, () => limit.count("one").allowed);
  expect(verdicts).not.toContain(false);
  expect(limit.count("one").headers["ratelimit-remaining"]).toBe("0");
  for (let at = 0; at < 1_000; at++) limit.count(`token ${at}`);
  // The first one was forgotten for the thousand that called after it.
  expect(limit.count("one").headers["ratelimit-remaining"]).toBe("4999");
});
