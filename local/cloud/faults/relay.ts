import { z } from "zod";

import { cloudFaultKind } from "./kind";

const WAYS = ["refuse", "defer"] as const;

export const relay = cloudFaultKind({
  name: "relay",
  help: "the mail relay takes no connection, or no mail (--how defer)",
  schema: z.object({
    kind: z.literal("relay"),
    /** "defer": 451 to each mail; "refuse": no connection. */
    how: z.enum(WAYS).default("refuse"),
  }),
  options: [
    {
      flag: "--how <how>",
      help: "refuse (default: no connection) or defer (451 to each mail)",
      field: "how",
      takes: WAYS,
    },
  ],
  identity: [],
});
