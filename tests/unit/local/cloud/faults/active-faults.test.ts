import { expect, test } from "@jest/globals";

import { networkFaults } from "../../../../../local/cloud/faults/network-faults";
import type { FaultRequest, MachineFault } from "../../../../../local/cloud/faults/registry";
import { isSameFault } from "../../../../../local/cloud/faults/sameness";

const all: MachineFault[] = [
  { kind: "network-cut", dropletId: 1 },
  { kind: "network-cut", dropletId: 1, peerId: 2 },
  { kind: "loss", dropletId: 2, percent: 30 },
  { kind: "freeze", dropletId: 1, unit: "nginx" },
  { kind: "freeze", dropletId: 1 },
];
const without = (fault: FaultRequest): MachineFault[] =>
  all.filter((one) => !isSameFault(one, fault));

test("the router hears of cuts and loss, the rest is done to machines", () => {
  expect(networkFaults(all)).toMatchObject({
    cut: [1],
    cutBetween: [[1, 2]],
    loss: [{ dropletId: 2, percent: 30 }],
  });
});

test("a fault ends whatever its figures are, another one on the same machine goes on", () => {
  expect(without({ kind: "loss", dropletId: 2, percent: 0 })).toHaveLength(4);
  expect(without({ kind: "network-cut", dropletId: 1 })).toEqual(all.slice(1));
  expect(without({ kind: "freeze", dropletId: 1, unit: "nginx" })).toEqual([
    all[0],
    all[1],
    all[2],
    all[4],
  ]);
});

test("faults of the cloud's services are told apart by what they hit", () => {
  const status = 503;
  expect(
    isSameFault({ kind: "api", path: "/a", status }, { kind: "api", path: "/a", status: 429 }),
  ).toBe(true);
  expect(
    isSameFault({ kind: "api", path: "/a", status }, { kind: "api", path: "/b", status }),
  ).toBe(false);
  expect(isSameFault({ kind: "relay", how: "defer" }, { kind: "relay", how: "refuse" })).toBe(true);
});
