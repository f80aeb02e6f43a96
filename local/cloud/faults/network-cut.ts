import { z } from "zod";

import { dropletId } from "./droplet-id";
import { machineFaultKind } from "./kind";

export const networkCut = machineFaultKind({
  name: "network-cut",
  help: "no packet comes through, or none to and from --peer",
  schema: z.object({
    kind: z.literal("network-cut"),
    dropletId,
    peerId: z.number().int().optional(),
  }),
  options: [
    {
      flag: "--peer <machine>",
      help: "only towards this machine",
      field: "peerId",
      takes: "machine",
    },
  ],
  identity: ["peerId"],
  network: ({ dropletId: id, peerId }) =>
    peerId === undefined ? { cut: [id] } : { cutBetween: [[id, peerId]] },
  begin: ({ loadNetwork }) => loadNetwork(),
  end: ({ loadNetwork }) => loadNetwork(),
});
