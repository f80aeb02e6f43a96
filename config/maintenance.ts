import type { Maintenance } from "@second-server/contract/observatory";
import { z } from "zod";

import { duration, serviceName } from "./values";

/** In the order of their numbers: 0 is Sunday. */
const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;

const covered = {
  title: z.string().min(1),
  services: z.array(serviceName).min(1).optional().describe("Left out: everything"),
};
const instant = z.iso.datetime({
  offset: true,
  error: () => "is not an instant such as 2027-01-31T22:00:00Z.",
});

const once = z
  .strictObject({ ...covered, from: instant, to: instant })
  .transform(({ title, services, from, to }): Maintenance => ({ title, services, from, to }));

const weekly = z
  .strictObject({
    ...covered,
    days: z.array(z.enum(DAYS)).min(1),
    at: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/),
    lasts: duration,
  })
  .transform(({ title, services, days, at, lasts }): Maintenance => ({
    title,
    services,
    weekly: { days: days.map((day) => DAYS.indexOf(day)), at, minutes: lasts / 60 },
  }));

/** An item of `alerts.maintenance`. */
export const maintenanceWindow = z.union([once, weekly], {
  error: () =>
    'has to have a title and either from and to (instants), or days, at ("03:00") and lasts.',
});
