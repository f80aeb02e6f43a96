import { z } from "zod";

import { channel } from "./channels";
import { maintenanceWindow } from "./maintenance";
import { count, duration, url } from "./values";

/** How people are told. */
export const alerts = z.strictObject({
  remind: z
    .union([z.literal("never"), duration])
    .prefault("4h")
    .describe("A reminder while something stays down"),
  "flaps-per-hour": count(100)
    .default(6)
    .describe("More turns than this and one mail says that it flaps"),
  channels: z.array(channel).prefault([]).describe("Tried in turn when a mail can't leave"),
  "dead-man": url
    .optional()
    .describe(
      "Asked every minute while the Observatory itself is well: an outside dead-man's switch",
    ),
  maintenance: z.array(maintenanceWindow).default([]),
});
