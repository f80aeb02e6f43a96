import type { Surroundings } from "../machines/surroundings";
import { faultKinds } from "./registry";

/** Frees a machine of whatever may have been done to it. */
export const clearAllFaults = async (around: Surroundings, dropletId: number): Promise<void> => {
  for (const kind of faultKinds)
    if (kind.doneTo === "machine") await kind.freeMachine?.(around, dropletId);
};
