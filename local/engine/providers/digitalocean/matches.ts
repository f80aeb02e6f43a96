import type { Props } from "../../values/value";
import type { Work } from "../provider";
import type { Client } from "./client";
import type { Told } from "./convert";

/** Finds something that is there already. */
export type LookUp<T = Told> = (client: Client, args: Props, work: Work) => Promise<T>;

export const one = <T>(found: T | undefined, what: string): T => {
  if (found === undefined) throw new Error(`${what} not found`);
  return found;
};

export const single = <T>(matching: readonly T[], what: string): T => {
  if (matching.length > 1)
    throw new Error(`too many results: ${matching.length} match ${what}, and one is wanted`);
  return one(matching[0], what);
};
