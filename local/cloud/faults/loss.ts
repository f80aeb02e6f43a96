import { z } from "zod";

import { dropletId } from "./droplet-id";
import { machineFaultKind } from "./kind";

export const loss = machineFaultKind({
  name: "loss",
  help: "--percent of the machine's packets are lost, each way",
  schema: z.object({
    kind: z.literal("loss"),
    dropletId,
    percent: z.number().min(0).max(100),
  }),
  options: [
    {
      flag: "--percent <n>",
      help: "of packets, each way",
      field: "percent",
      takes: "number",
      required: true,
    },
  ],
  identity: [],
  network: ({ dropletId: id, percent }) => ({ loss: [{ dropletId: id, percent }] }),
  begin: ({ loadNetwork }) => loadNetwork(),
  end: ({ loadNetwork }) => loadNetwork(),
});
