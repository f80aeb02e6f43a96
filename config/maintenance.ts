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

/** Each week, in UTC. */
const times = {
  days: z.array(z.enum(DAYS)).min(1),
  at: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/),
  lasts: duration,
};
const weekly = z
  .strictObject({ ...covered, ...times })
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

const MINUTE = 60;
const SHORTEST_MINUTES = 20;
const LONGEST_HOURS = 12;

/** `upgrades.window`: the watcher's half comes after the primary's. */
export const upgradeWindow = z
  .strictObject({
    ...times,
    lasts: duration.refine(
      (seconds) =>
        seconds >= SHORTEST_MINUTES * MINUTE && seconds <= LONGEST_HOURS * MINUTE * MINUTE,
      `has to be from ${SHORTEST_MINUTES}m to ${LONGEST_HOURS}h: the primary has its first half, the watcher its second.`,
    ),
  })
  .transform(({ days, at, lasts }) => ({
    days: days.map((day) => DAYS.indexOf(day)),
    at,
    minutes: Math.floor(lasts / MINUTE),
  }));
