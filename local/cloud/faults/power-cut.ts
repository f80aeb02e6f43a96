import { z } from "zod";

import { dropletId } from "./droplet-id";
import { machineFaultKind } from "./kind";

export const powerCut = machineFaultKind({
  name: "power-cut",
  help: "the plug is pulled; what was not on disk is lost (clear: power on)",
  schema: z.object({ kind: z.literal("power-cut"), dropletId }),
  options: [],
  identity: [],
  cutsPower: true,
  begin: ({ pullPlug }, fault) => pullPlug(fault.dropletId),
  end: ({ powerOn }, fault) => powerOn(fault.dropletId),
});
