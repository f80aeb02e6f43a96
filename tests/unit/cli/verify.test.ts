import { expect, test } from "@jest/globals";

import { verificationSeconds } from "../../../cli/verify/verify";
import { sampleFleet } from "./sample";

test("a service that may take its time to begin has that time besides, after its machine was powered on", () => {
  const [first, ...others] = sampleFleet.services;
  if (!first) throw new Error("the sample has no service");
  const slow = { ...first, health: { ...first.health, startSeconds: 150 } };
  expect(verificationSeconds({ ...sampleFleet, services: [slow, ...others] }, 90)).toBe(240);
  expect(verificationSeconds({ ...sampleFleet, services: [] }, 90)).toBe(90);
});
