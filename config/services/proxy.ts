import { z } from "zod";

import { serviceKeys } from "./keys";
import { serviceKind } from "./kind";
import { proxied } from "./proxied";

/** Nothing of ours runs: nginx passes requests to what the operator runs there. */
export const proxy = serviceKind({
  schema: z.strictObject({
    kind: z.literal("proxy"),
    ...serviceKeys,
    upstream: z
      .string()
      .regex(
        /^http:\/\/127\.0\.0\.1:\d+$/,
        "has to be http://127.0.0.1:PORT: what nginx passes requests to.",
      ),
  }),
  memoryMiB: 0,
  limited: true,
  // Something of somebody else can't be expected to know our /health.
  healthPath: "/",
  packages: () => [],
  sources: () => undefined,
  backend: ({ upstream }) => ({ upstream }),
  location: proxied,
});
