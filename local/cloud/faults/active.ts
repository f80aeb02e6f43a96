import { randomUUID } from "node:crypto";

import type { Clock } from "../clock";
import type { Hypervisor } from "../machines/hypervisor";
import { dropletKey, type KeyedQueue } from "../queue";
import type { Store } from "../record-store";
import { createFaultList, cutsPower } from "./fault-list";
import { type ActiveFault, type CloudFault, type FaultRequest, isMachineFault } from "./registry";

type ActiveOf<K extends FaultRequest["kind"]> = Extract<ActiveFault, { kind: K }>;

export interface Faults {
  list(): readonly ActiveFault[];
  /**
   * Resolves when it is in force; rejects with the hypervisor's reason. The same fault with other
   * figures takes the place of the earlier one.
   */
  inject(fault: FaultRequest): Promise<ActiveFault>;
  /** @returns false when there is none with that id. */
  clear(id: string): Promise<boolean>;
  clearAll(): Promise<void>;
  /** Ends, in the records only, what was on a machine that no longer exists. */
  forget(dropletId: number): void;
  /**
   * Puts machines' faults in force again after the daemon's restart; @returns why some could not
   * be.
   */
  restore(): Promise<string[]>;
  /** The first fault of a kind that the test accepts; `times` is counted down. */
  find<K extends CloudFault["kind"]>(
    kind: K,
    accepts?: (fault: ActiveOf<K>) => boolean,
  ): ActiveOf<K> | undefined;
}

/** The droplets that a fault names. */
export const dropletsOf = (fault: FaultRequest): number[] => {
  if (!isMachineFault(fault)) return [];
  const peer = "peerId" in fault ? fault.peerId : undefined;
  return peer === undefined ? [fault.dropletId] : [fault.dropletId, peer];
};

const isOf =
  <K extends FaultRequest["kind"]>(kind: K) =>
  (fault: ActiveFault): fault is ActiveOf<K> =>
    fault.kind === kind;

export interface FaultsOptions {
  readonly store: Store;
  readonly hypervisor: Hypervisor;
  /** By droplet it is the machines' as well. */
  readonly queue: KeyedQueue;
  readonly clock: Clock;
}

type FaultList = ReturnType<typeof createFaultList>;

/** Puts faults in force and ends them: in the list, and on their machines. */
const createSwitch = (list: FaultList, { hypervisor, queue }: FaultsOptions) => {
  /**
   * Power is the machine's: its turn has to come. Everything else may happen in the middle of a
   * boot.
   */
  const inTurn = (fault: ActiveFault, work: () => Promise<void>): Promise<void> =>
    cutsPower(fault) ? queue.run(dropletKey(fault.dropletId), work) : work();

  /**
   * In the list before it is done: whoever does it, the router for one, reads all of them there.
   */
  const begin = async (fault: ActiveFault): Promise<void> => {
    const replaced = list.put(fault);
    const before = list.setPower(fault, "off");
    try {
      if (isMachineFault(fault)) await hypervisor.injectFault(fault);
    } catch (error) {
      list.drop((one) => one.id === fault.id);
      list.restore(replaced);
      if (before) list.setPower(fault, before);
      throw error;
    }
  };

  const end = async (fault: ActiveFault): Promise<void> => {
    list.drop((one) => one.id === fault.id);
    try {
      if (isMachineFault(fault)) await hypervisor.clearFault(fault);
    } catch (error) {
      list.restore([fault]);
      throw error;
    }
    list.setPower(fault, "active");
  };

  return {
    begin: (fault: ActiveFault) => inTurn(fault, () => begin(fault)),
    end: (fault: ActiveFault) => inTurn(fault, () => end(fault)),
    /** Does again what is in the list already. */
    again: async (fault: ActiveFault): Promise<void> => {
      if (isMachineFault(fault)) await inTurn(fault, () => hypervisor.injectFault(fault));
    },
  };
};

export const createFaults = (options: FaultsOptions): Faults => {
  const { store, clock } = options;
  const list = createFaultList(store);
  const { begin, end, again } = createSwitch(list, options);
  return {
    list: () => list.active(),
    inject: async (request) => {
      const fault = {
        ...request,
        id: randomUUID().slice(0, 8),
        since: clock.now().toISOString(),
      };
      await begin(fault);
      return fault;
    },
    clear: async (id) => {
      const fault = list.active().find((one) => one.id === id);
      if (fault) await end(fault);
      return fault !== undefined;
    },
    clearAll: async () => {
      for (const fault of list.active()) await end(fault);
    },
    forget: (dropletId) => list.drop((one) => dropletsOf(one).includes(dropletId)),
    restore: async () => {
      const problems: string[] = [];
      for (const fault of list.active()) {
        await again(fault).catch((error: Error) => {
          list.drop((one) => one.id === fault.id);
          problems.push(`fault ${fault.kind} is over: ${error.message}`);
        });
      }
      return problems;
    },
    find: (kind, accepts = () => true) => {
      const fault = list.active().filter(isOf(kind)).find(accepts);
      if (fault) list.spend(fault);
      return fault;
    },
  };
};
