import { z } from "zod";

import { fillDisk, unfillDisk } from "../machines/disk-filling";
import { isRunning, placeOf } from "../machines/surroundings";
import { dropletId } from "./droplet-id";
import { machineFaultKind } from "./kind";

export const diskFull = machineFaultKind({
  name: "disk-full",
  help: "nothing can be written any more",
  schema: z.object({ kind: z.literal("disk-full"), dropletId }),
  options: [],
  identity: [],
  begin: async ({ around }, fault) => {
    if (!(await isRunning(around, fault.dropletId)))
      throw new Error(`droplet ${fault.dropletId} is off: its disk can't be filled`);
    await fillDisk(placeOf(around.paths, fault.dropletId));
  },
  end: ({ around }, fault) => unfillDisk(placeOf(around.paths, fault.dropletId)),
  freeMachine: (around, id) => unfillDisk(placeOf(around.paths, id)),
});
