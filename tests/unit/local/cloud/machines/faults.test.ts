import { expect, test } from "@jest/globals";

import { networkFaults, without } from "../../../../../local/cloud/machines/faults";
import type { Fault } from "../../../../../local/cloud/machines/hypervisor";

const all: Fault[] = [
  { kind: "network-cut", dropletId: 1 },
  { kind: "network-cut", dropletId: 1, peerId: 2 },
  { kind: "loss", dropletId: 2, percent: 30 },
  { kind: "freeze", dropletId: 1, unit: "nginx" },
  { kind: "freeze", dropletId: 1 },
];

test("the router hears of cuts and loss, the rest is done to machines", () => {
  expect(networkFaults(all)).toMatchObject({
    cut: [1],
    cutBetween: [[1, 2]],
    loss: [{ dropletId: 2, percent: 30 }],
  });
});

test("a fault ends whatever its figures are, another one on the same machine goes on", () => {
  expect(without(all, { kind: "loss", dropletId: 2, percent: 0 })).toHaveLength(4);
  expect(without(all, { kind: "network-cut", dropletId: 1 })).toEqual(all.slice(1));
  expect(without(all, { kind: "freeze", dropletId: 1, unit: "nginx" })).toEqual([
    all[0],
    all[1],
    all[2],
    all[4],
  ]);
});
