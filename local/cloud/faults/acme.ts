import { z } from "zod";

import { cloudFaultKind } from "./kind";

export const acme = cloudFaultKind({
  name: "acme",
  help: "the certificate authority is down",
  schema: z.object({ kind: z.literal("acme") }),
  options: [],
  identity: [],
});
