import { journalOf } from "../drills/journal";
import type { Context } from "./context";
import { isHeld } from "./lock";

/**
 * What a drill that was killed, or could not be mended, may have left broken, in words; undefined where there is none, or
 * where it is still at work.
 */
export const leftOverDrill = (context: Context): string | undefined => {
  const left = journalOf(context).underWay();
  if (left === undefined || isHeld(context, "drill")) return undefined;
  return `The drill ${left.drill} of ${left.since} has not ended and may have left something broken. Put it right with: ./fleet drill --mend`;
};
