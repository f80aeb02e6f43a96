import type { FaultTools } from "../faults/kind";
import { type MachineFault, machineKindOf } from "../faults/registry";
import { createKeyedQueue } from "../queue";
import { createFaultsAfterBoot } from "./faults-after-boot";

/**
 * What is done to machines by faults, one after the other on each; which are in force is kept by
 * the caller.
 */
export interface MachineFaults {
  readonly inject: (fault: MachineFault) => Promise<void>;
  readonly clear: (fault: MachineFault) => Promise<void>;
  /** A fault lasts until it is cleared, and a machine that is switched on knows nothing of it. */
  readonly afterPowerOn: (dropletId: number) => Promise<void>;
  /** To be called now and then while a machine runs, which may begin a new boot at any moment. */
  readonly renew: (dropletId: number) => Promise<void>;
  /** The machine is gone. */
  readonly forget: (dropletId: number) => void;
}

export const createMachineFaults = (
  tools: FaultTools,
  active: () => readonly MachineFault[],
): MachineFaults => {
  const boots = createFaultsAfterBoot(tools, active);
  // Not the droplets' turns: what ends a freeze must not wait for a shutdown that a frozen machine
  // can't obey.
  const turns = createKeyedQueue();
  const inTurn = (dropletId: number, work: () => Promise<void>): Promise<void> =>
    turns.run(String(dropletId), work);
  return {
    inject: (fault) => {
      const kind = machineKindOf(fault);
      // Whoever asks has the droplet's turn, and its power on comes back here.
      if (kind.cutsPower) return kind.begin(tools, fault);
      return inTurn(fault.dropletId, async () => {
        await kind.begin(tools, fault);
        await boots.done(fault);
      });
    },
    clear: (fault) => {
      const kind = machineKindOf(fault);
      if (kind.cutsPower) return kind.end(tools, fault);
      return inTurn(fault.dropletId, () => kind.end(tools, fault));
    },
    afterPowerOn: (dropletId) => inTurn(dropletId, () => boots.afterPowerOn(dropletId)),
    renew: (dropletId) => inTurn(dropletId, () => boots.renew(dropletId)),
    forget: (dropletId) => boots.forget(dropletId),
  };
};
