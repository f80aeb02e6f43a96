import type { NetworkFaults } from "../network/ruleset";
import { type FaultRequest, isMachineFault, machineKindOf } from "./registry";

/** What the router has to know of the faults in force. */
export const networkFaults = (active: readonly FaultRequest[]): NetworkFaults => {
  const parts = active
    .filter(isMachineFault)
    .map((fault) => machineKindOf(fault).network?.(fault) ?? {});
  return {
    cut: parts.flatMap(({ cut }) => cut ?? []),
    cutBetween: parts.flatMap(({ cutBetween }) => cutBetween ?? []),
    loss: parts.flatMap(({ loss }) => loss ?? []),
  };
};
