import type { Check } from "@second-server/contract/check-settings";
import { z } from "zod";

import { expectations } from "./expectations";
import { schedule } from "./schedules";
import { addressOf, duration, host, place, serviceName, url } from "./values";

const named = { name: serviceName };
/**
 * What it looks at is not one of the machines, so that no broken layer of theirs holds its alert
 * back.
 */
const base = ({ name }: { readonly name: string }) =>
  ({ id: name, machine: "watcher", layer: "service" }) as const;

const http = z
  .strictObject({
    ...named,
    http: url,
    status: z.number().int().min(100).max(599).default(200),
    ...expectations,
    method: z.enum(["GET", "HEAD", "POST", "PUT", "OPTIONS"]).optional(),
    headers: z
      .record(
        z.string().regex(/^[A-Za-z0-9-]+$/),
        z
          .string()
          .regex(
            /^[\t\x20-\x7e\x80-\xff]*$/,
            "is no header's value: letters without a code up to 255, and control characters, can't be sent.",
          ),
      )
      .optional()
      .describe("Sent along; whoever may read the manifest can read them"),
    redirects: z
      .number()
      .int()
      .min(0)
      .max(10)
      .optional()
      .describe("At most so many are followed; without it a redirect is an answer like any other"),
  })
  .refine(
    ({ method, contains, matches, json }) =>
      method !== "HEAD" || [contains, matches, json].every((one) => one === undefined),
    {
      path: ["method"],
      error: "HEAD has no text to look at (contains, matches, json). Ask by GET.",
    },
  )
  .transform((check): Check => ({
    ...base(check),
    kind: "http",
    url: check.http,
    status: check.status,
    contains: check.contains,
    matches: check.matches,
    json: check.json,
    maxLatencyMs: check["max-latency-ms"],
    method: check.method,
    headers: check.headers,
    redirects: check.redirects,
  }));

const tcp = z
  .strictObject({ ...named, tcp: place })
  .transform((check): Check => ({ ...base(check), kind: "tcp", ...addressOf(check.tcp) }));

const certificate = z
  .strictObject({ ...named, certificate: host })
  .transform((check): Check => ({ ...base(check), kind: "certificate", host: check.certificate }));

const dns = z
  .strictObject({
    ...named,
    dns: host,
    type: z.enum(["A", "AAAA", "CNAME", "MX", "NS", "TXT", "CAA"]).default("A"),
    equals: z.array(z.string()).min(1).optional(),
  })
  .transform((check): Check => ({
    ...base(check),
    kind: "dns",
    name: check.dns,
    type: check.type,
    equals: check.equals,
  }));

const icmp = z
  .strictObject({ ...named, icmp: host })
  .transform((check): Check => ({ ...base(check), kind: "icmp", host: check.icmp }));

const ssh = z
  .strictObject({ ...named, ssh: place })
  .transform((check): Check => ({ ...base(check), kind: "ssh", ...addressOf(check.ssh) }));

const beat = {
  heartbeat: z
    .string()
    .regex(/^[A-Za-z0-9_-]{16,64}$/, "has to be 16 to 64 letters, digits, - and _."),
  grace: duration.prefault("15m"),
};
const periodicHeartbeat = z
  .strictObject({ ...named, ...beat, every: duration })
  .transform((check): Check => ({
    ...base(check),
    kind: "heartbeat",
    token: check.heartbeat,
    graceSeconds: check.grace,
    periodSeconds: check.every,
  }));
const scheduledHeartbeat = z
  .strictObject({
    ...named,
    ...beat,
    schedule: schedule.describe("When the job runs, as cron or systemd writes it"),
  })
  .transform((check): Check => ({
    ...base(check),
    kind: "heartbeat",
    token: check.heartbeat,
    graceSeconds: check.grace,
    schedule: check.schedule,
  }));

/**
 * An item of `checks.also`: each kind with its keys and the check that it is to the Observatory.
 */
export const furtherCheck = z.union(
  [http, tcp, certificate, dns, icmp, ssh, periodicHeartbeat, scheduledHeartbeat],
  {
    error: () =>
      "has to have a name and one of: http: URL, tcp: HOST:PORT, certificate: HOST, dns: " +
      "NAME, icmp: HOST, ssh: HOST:PORT, heartbeat: TOKEN (16 to 64 letters, digits, - " +
      "and _) with every or schedule. docs/manifest.md has what else each takes.",
  },
);
