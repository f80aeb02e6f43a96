import { z } from "zod";

import { expectations } from "./expectations";
import { count, duration, host, place, schedule, serviceName, url } from "./values";

const named = { name: serviceName };
const beat = {
  heartbeat: z.string().regex(/^[A-Za-z0-9_-]{16,64}$/),
  grace: duration.prefault("15m"),
};
/** A check besides those of the services. */
export const further = z.union(
  [
    z.strictObject({
      ...named,
      http: url,
      status: z.number().int().min(100).max(599).default(200),
      ...expectations,
      method: z.enum(["GET", "HEAD", "POST", "PUT", "OPTIONS"]).optional(),
      headers: z
        .record(z.string().regex(/^[A-Za-z0-9-]+$/), z.string().regex(/^[^\r\n]*$/))
        .optional()
        .describe("Sent along; whoever may read the manifest can read them"),
      redirects: z
        .number()
        .int()
        .min(0)
        .max(10)
        .optional()
        .describe(
          "At most so many are followed; without it a redirect is an answer like any other",
        ),
    }),
    z.strictObject({ ...named, tcp: place }),
    z.strictObject({ ...named, certificate: host }),
    z.strictObject({
      ...named,
      dns: host,
      type: z.enum(["A", "AAAA", "CNAME", "MX", "NS", "TXT", "CAA"]).default("A"),
      equals: z.array(z.string()).min(1).optional(),
    }),
    z.strictObject({ ...named, icmp: host }),
    z.strictObject({ ...named, ssh: place }),
    z.strictObject({ ...named, ...beat, every: duration }),
    z.strictObject({
      ...named,
      ...beat,
      schedule: schedule.describe("When the job runs, as cron or systemd writes it"),
    }),
  ],
  {
    error: () =>
      "has to have a name and one of: http: URL, tcp: HOST:PORT, certificate: HOST, dns: NAME, icmp: HOST, ssh: HOST:PORT, heartbeat: TOKEN (16 to 64 letters, digits, - and _) with every or schedule. docs/manifest.md has what else each takes.",
  },
);

export const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;
const covered = {
  title: z.string().min(1),
  services: z.array(serviceName).min(1).optional().describe("Left out: everything"),
};
const instant = z.iso.datetime({
  offset: true,
  error: () => "is not an instant such as 2027-01-31T22:00:00Z.",
});
export const window = z.union(
  [
    z.strictObject({ ...covered, from: instant, to: instant }),
    z.strictObject({
      ...covered,
      days: z.array(z.enum(DAYS)).min(1),
      at: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/),
      lasts: duration,
    }),
  ],
  {
    error: () =>
      'has to have a title and either from and to (instants), or days, at ("03:00") and lasts.',
  },
);

export const channel = z.union(
  [
    z.literal("slack"),
    z.literal("discord"),
    z.strictObject({ telegram: z.string().regex(/^-?\d+$|^@\w+$/) }),
    z.strictObject({ ntfy: url }),
    z.strictObject({ webhook: url }),
  ],
  {
    error: () => "has to be slack, discord, { telegram: CHAT }, { ntfy: URL } or { webhook: URL }.",
  },
);
export const alerts = z.strictObject({
  remind: z
    .union([z.literal("never"), duration])
    .prefault("4h")
    .describe("A reminder while something stays down"),
  "flaps-per-hour": count(100)
    .default(6)
    .describe("More turns than this and one mail says that it flaps"),
  channels: z.array(channel).default([]).describe("Tried in turn when a mail can't leave"),
  "dead-man": url
    .optional()
    .describe(
      "Asked every minute while the Observatory itself is well: an outside dead-man's switch",
    ),
  maintenance: z.array(window).default([]),
});
