import type { Router } from "../network/router";
import { networkFaults, setFault, without } from "./faults";
import type { Fault } from "./hypervisor";
import type { Surroundings } from "./surroundings";

/** The faults that are done to machines now, but for their power. */
export interface ActiveFaults {
  inject(fault: Fault): Promise<void>;
  clear(fault: Fault): Promise<void>;
  /** After a power on: a fault lasts until it is cleared, and a new boot knows nothing of what was done to the one before. */
  again(dropletId: number): Promise<void>;
  /** The machine is gone. */
  forget(dropletId: number): Promise<void>;
}

export const createActiveFaults = (around: Surroundings, router: Router): ActiveFaults => {
  let faults: readonly Fault[] = [];

  /** What the router refuses is not in force, and must not be in the way of what comes after. */
  const put = async (wanted: readonly Fault[]): Promise<void> => {
    const before = faults;
    faults = wanted;
    await router.apply({ faults: networkFaults(wanted) }).catch(async (error: Error) => {
      faults = before;
      await router.apply({ faults: networkFaults(before) });
      throw error;
    });
  };

  return {
    inject: async (fault) => {
      await setFault(around, fault, true);
      await put([...without(faults, fault), fault]);
    },
    clear: async (fault) => {
      await setFault(around, fault, false);
      await put(without(faults, fault));
    },
    again: async (dropletId) => {
      for (const fault of faults.filter((one) => one.dropletId === dropletId)) {
        await setFault(around, fault, true).catch((error: Error) => around.log(`fault ${fault.kind} after power on: ${error.message}`));
      }
    },
    forget: (dropletId) => put(faults.filter((fault) => fault.dropletId !== dropletId)),
  };
};
