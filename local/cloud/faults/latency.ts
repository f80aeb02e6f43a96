import { z } from "zod";

import { dropletId } from "./droplet-id";
import { machineFaultKind } from "./kind";

export const latency = machineFaultKind({
  name: "latency",
  help: "each packet takes --milliseconds longer, each way",
  schema: z.object({
    kind: z.literal("latency"),
    dropletId,
    milliseconds: z.number().min(0).max(60_000),
  }),
  options: [
    {
      flag: "--milliseconds <n>",
      help: "each way",
      field: "milliseconds",
      takes: "number",
      required: true,
    },
  ],
  identity: [],
  begin: ({ around }, fault) => around.latency.set(fault.dropletId, fault.milliseconds),
  end: ({ around }, fault) => around.latency.clear(fault.dropletId),
  freeMachine: (around, id) => around.latency.clear(id),
});
