import { readdir } from "node:fs/promises";
import { join } from "node:path";

import { unlessGone } from "../files";
import type { NetworkState } from "../network/ruleset";
import { insideGroup } from "./boot";
import { freezeGroup } from "./cgroups";
import { rightClock, skewClock } from "./clock-skew";
import { fillDisk, unfillDisk } from "./disk";
import type { Fault } from "./hypervisor";
import { isRunning, placeOf, type Surroundings } from "./surroundings";

type FaultState = Pick<NetworkState, "cut" | "cutBetween" | "loss">;

const sameFault = (one: Fault, other: Fault): boolean =>
  one.kind === other.kind &&
  one.dropletId === other.dropletId &&
  (one.kind !== "network-cut" || one.peerId === (other as typeof one).peerId) &&
  ((one.kind !== "freeze" && one.kind !== "clock-skew") || one.unit === (other as typeof one).unit);

/** The faults that are on, without one; a fault is itself again with other figures. */
export const without = (active: readonly Fault[], fault: Fault): Fault[] =>
  active.filter((other) => !sameFault(other, fault));

/** What the router has to know of the faults. */
export const networkFaults = (active: readonly Fault[]): FaultState => ({
  cut: active.flatMap((fault) =>
    fault.kind === "network-cut" && fault.peerId === undefined ? [fault.dropletId] : [],
  ),
  cutBetween: active.flatMap((fault) =>
    fault.kind === "network-cut" && fault.peerId !== undefined
      ? [[fault.dropletId, fault.peerId] as const]
      : [],
  ),
  loss: active.flatMap((fault) =>
    fault.kind === "loss" ? [{ dropletId: fault.dropletId, percent: fault.percent }] : [],
  ),
});

const frozenFolder = ({ host, paths }: Surroundings, dropletId: number, unit?: string): string => {
  const box = insideGroup(host, paths.id, dropletId);
  if (unit === undefined) return box;
  if (!/^[A-Za-z0-9@:._-]+$/.test(unit)) throw new Error(`"${unit}" is not a unit's name`);
  return join(box, "payload", "system.slice", unit.includes(".") ? unit : `${unit}.service`);
};

const freeze = async (
  around: Surroundings,
  fault: Extract<Fault, { kind: "freeze" }>,
  on: boolean,
): Promise<void> => {
  const folder = frozenFolder(around, fault.dropletId, fault.unit);
  await freezeGroup(folder, on).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
    // Its unit was restarted or its machine rebooted meanwhile: what runs now is not frozen.
    if (on)
      throw new Error(
        `droplet ${fault.dropletId}: ${fault.unit ? `${fault.unit} does not run` : "it is off"}, so it can't be frozen`,
      );
  });
};

/** Makes a fault real, as far as it isn't the router's. Rejects when this host can't. */
export const setFault = async (around: Surroundings, fault: Fault, on: boolean): Promise<void> => {
  switch (fault.kind) {
    // The router's, and the machine's own power.
    case "network-cut":
    case "loss":
    case "power-cut":
      return;
    case "freeze":
      return freeze(around, fault, on);
    case "disk-full":
      if (!on) return unfillDisk(placeOf(around.paths, fault.dropletId));
      if (!(await isRunning(around, fault.dropletId)))
        throw new Error(`droplet ${fault.dropletId} is off: its disk can't be filled`);
      return fillDisk(placeOf(around.paths, fault.dropletId));
    case "latency":
      return on
        ? around.latency.set(fault.dropletId, fault.milliseconds)
        : around.latency.clear(fault.dropletId);
    case "clock-skew":
      return on ? skewClock(around, fault) : rightClock(around, fault.dropletId, fault);
    default:
      return unreachable(fault);
  }
};

const thawAll = async (folder: string): Promise<void> => {
  await unlessGone(freezeGroup(folder, false), undefined);
  for (const entry of await unlessGone(readdir(folder, { withFileTypes: true }), []))
    if (entry.isDirectory()) await thawAll(join(folder, entry.name));
};

/** Frees a machine of whatever may have been done to it. */
export const clearAllFaults = async (around: Surroundings, dropletId: number): Promise<void> => {
  await thawAll(insideGroup(around.host, around.paths.id, dropletId));
  await unfillDisk(placeOf(around.paths, dropletId));
  await around.latency.clear(dropletId);
  await rightClock(around, dropletId);
};

const unreachable = (fault: never): never => {
  throw new Error(`unknown fault ${JSON.stringify(fault)}`);
};
