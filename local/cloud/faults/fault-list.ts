import type { Store } from "../record-store";
import type { DropletRecord } from "../records/machines";
import {
  type ActiveFault,
  type FaultRequest,
  isMachineFault,
  type MachineFault,
  machineKindOf,
} from "./registry";
import { isSameFault } from "./sameness";

export const cutsPower = (fault: FaultRequest): fault is MachineFault =>
  isMachineFault(fault) && machineKindOf(fault).cutsPower === true;

/**
 * The one list of faults in force, in the records: they outlive the daemon, as what they did to
 * machines does.
 */
export const createFaultList = (store: Store) => {
  const uses = new Map<string, number>();
  const { droplets, faults } = store;
  /**
   * Somebody has switched the machine on again: the cut is over, and another power_off is no cut.
   */
  const isOver = (fault: ActiveFault): boolean =>
    cutsPower(fault) && droplets.get(fault.dropletId)?.status === "active";
  return {
    drop: (gone: (fault: ActiveFault) => boolean): void => {
      faults.remove(gone);
    },
    active: (): readonly ActiveFault[] => {
      if (faults.some(isOver)) faults.remove(isOver);
      return [...faults.all()];
    },
    /** @returns what it takes the place of. */
    put: (fault: ActiveFault): readonly ActiveFault[] => {
      const replaced = faults.remove((one) => isSameFault(one, fault));
      faults.insert(fault);
      return replaced;
    },
    restore: (dropped: readonly ActiveFault[]): void => {
      for (const fault of dropped) faults.insert(fault);
    },
    /**
     * What the records say of the machine while its power is cut. @returns what they said before.
     */
    setPower: (
      fault: FaultRequest,
      status: DropletRecord["status"],
    ): DropletRecord["status"] | undefined => {
      const found = cutsPower(fault) ? droplets.get(fault.dropletId) : undefined;
      const before = found?.status;
      if (found) droplets.update(found, { status });
      return before;
    },
    /** One more use of a fault that is over after a number of them. */
    spend: (fault: ActiveFault): void => {
      if (!("times" in fault) || fault.times === undefined) return;
      const used = (uses.get(fault.id) ?? 0) + 1;
      uses.set(fault.id, used);
      if (used < fault.times) return;
      uses.delete(fault.id);
      faults.remove((one) => one.id === fault.id);
    },
  };
};
