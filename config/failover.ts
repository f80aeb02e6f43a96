import { z } from "zod";

import { addressOf, count, place } from "./values";

/** Two of these have to answer before the watcher believes that its own network is well. */
const OUTSIDE = ["api.digitalocean.com:443", "acme-v02.api.letsencrypt.org:443"];

/** The key `failover` of fleet.yaml; left out, the watcher never takes over. */
export const failover = z.strictObject({
  "fail-after": count(20)
    .default(3)
    .describe("So many rounds of checks without an answer, and the watcher takes over"),
  "back-after": count(20)
    .default(2)
    .describe("So many rounds with an answer, and the primary serves again"),
  "per-hour": count(10).default(2).describe("The watcher takes over by itself at most so often"),
  outside: z
    .array(place)
    .min(2)
    .max(8)
    .refine((all) => new Set(all).size === all.length, "names a place twice. Name each once.")
    .default(OUTSIDE)
    .describe(
      "Places outside of the fleet: two have to answer, or it is the watcher's own network",
    ),
});

export interface FailoverFacts {
  readonly failAfter: number;
  readonly backAfter: number;
  readonly perHour: number;
  readonly outside: readonly { readonly host: string; readonly port: number }[];
}

export const failoverFacts = (given: z.output<typeof failover>): FailoverFacts => ({
  failAfter: given["fail-after"],
  backAfter: given["back-after"],
  perHour: given["per-hour"],
  outside: given.outside.map(addressOf),
});
