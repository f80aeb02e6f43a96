import { machineKindOf } from "../faults/registry";
import type { MachineHost } from "./hypervisor";
import type { Power } from "./spec";

/**
 * No machines at all: the API on a host that can't run any, and fast tests. Power is remembered,
 * nothing runs.
 */
export const createRecordsOnlyHypervisor = (): MachineHost => {
  const powers = new Map<number, Power>();
  const set =
    (power: Power) =>
    (dropletId: number): Promise<void> => {
      powers.set(dropletId, power);
      return Promise.resolve();
    };
  const nothing = (): Promise<void> => Promise.resolve();
  return {
    create: (spec) => set("on")(spec.dropletId),
    destroy: (dropletId) => {
      powers.delete(dropletId);
      return Promise.resolve();
    },
    powerOn: set("on"),
    powerOff: set("off"),
    shutdown: set("off"),
    reboot: set("on"),
    // After a restart nothing is remembered: a droplet that is in the records counts as on.
    power: (dropletId) => powers.get(dropletId) ?? "on",
    onPowerChange: () => undefined,
    resize: nothing,
    snapshot: () => Promise.resolve(1_500_000_000),
    deleteSnapshot: nothing,
    importImage: () => Promise.resolve({ bytes: 1_500_000_000, diskGiB: 2 }),
    rebuild: (spec) => set("on")(spec.dropletId),
    attachVolume: nothing,
    detachVolume: nothing,
    resizeVolume: nothing,
    deleteVolume: nothing,
    applyNetwork: nothing,
    injectFault: (fault) =>
      machineKindOf(fault).cutsPower ? set("off")(fault.dropletId) : nothing(),
    clearFault: (fault) =>
      machineKindOf(fault).cutsPower ? set("on")(fault.dropletId) : nothing(),
    consoleTail: () => Promise.resolve("There are no machines here.\n"),
    exec: () => Promise.reject(new Error("there are no machines here")),
    machines: () => [...powers].map(([dropletId, power]) => ({ dropletId, power })),
    takeOver: nothing,
    shutdownAll: nothing,
  };
};
