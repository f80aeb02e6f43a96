import { z } from "zod";

import { rightClock, skewClock } from "../machines/clock-skew";
import { dropletId } from "./droplet-id";
import { machineFaultKind } from "./kind";

/** A hundred years. */
const MOST_SECONDS = 3_155_760_000;

export const clockSkew = machineFaultKind({
  name: "clock-skew",
  help: "services, or one --unit, see a clock that is --seconds off; they are restarted",
  schema: z.object({
    kind: z.literal("clock-skew"),
    dropletId,
    seconds: z.number().min(-MOST_SECONDS).max(MOST_SECONDS),
    /** Left out: the machine's services. */
    unit: z.string().max(255).optional(),
  }),
  options: [
    {
      flag: "--seconds <n>",
      help: "ahead, or behind when negative",
      field: "seconds",
      takes: "number",
      required: true,
    },
    {
      flag: "--unit <unit>",
      help: "one unit; a service's name alone means its unit",
      field: "unit",
      takes: "unit",
    },
  ],
  identity: ["unit"],
  hitsServices: () => true,
  restartsServices: true,
  begin: ({ around }, fault) => skewClock(around, fault),
  end: ({ around }, fault) => rightClock(around, fault.dropletId, fault),
  freeMachine: (around, id) => rightClock(around, id),
});
