import { DEFAULT_BACKUP_KEEP } from "@second-server/contract/backups";
import { z } from "zod";

import { alerts } from "./alerts";
import { IMAGES, REGIONS, SIZES } from "./catalogue";
import { failover } from "./failover";
import { furtherCheck } from "./further-checks";
import { upgradeWindow } from "./maintenance";
import { cron } from "./schedules";
import { quota } from "./services/keys";
import { service } from "./services/registry";
import { count, duration, serviceName, slug } from "./values";

const machine = z.strictObject({
  size: slug(Object.keys(SIZES), "size").describe("DigitalOcean size slug"),
  region: slug(REGIONS, "region").describe("DigitalOcean region slug"),
  image: slug(IMAGES, "image").default("debian-13-x64").describe("DigitalOcean image slug"),
  ipv6: z
    .boolean()
    .default(false)
    .describe(
      "Give the machine a public IPv6 address; on the watcher, the status page then has an AAAA record",
    ),
});

/** fleet.yaml. Published as fleet.schema.json for editors. */
export const manifestSchema = z.strictObject({
  name: serviceName.describe("The fleet's name, in alerts and tags"),
  machines: z.strictObject({ primary: machine, watcher: machine }),
  services: z
    .record(serviceName, service)
    .refine((all) => Object.keys(all).length > 0, "has no service. Add at least one."),
  checks: z
    .strictObject({
      every: duration.prefault("10s"),
      timeout: duration.prefault("5s"),
      "fail-after": count(20).default(3),
      "pass-after": count(20).default(2),
      "reboot-within": duration
        .prefault("7d")
        .describe("A reboot that upgrades ask for is an alert after so long"),
      "upgrade-within": duration
        .prefault("7d")
        .describe("An upgrade that installs itself, and has not, is an alert after so long"),
      also: z.array(furtherCheck).default([]).describe("Checks besides those of the services"),
    })
    .prefault({}),
  watchdog: z
    .strictObject({
      every: duration.prefault("30s"),
      "fail-after": count(20).default(3),
      "restarts-per-hour": count(60).default(4),
    })
    .prefault({}),
  upgrades: z
    .strictObject({
      window: upgradeWindow
        .optional()
        .describe(
          "When machines reboot if their upgrades ask for it, and streaming services restart onto upgraded libraries; left out: a reboot is asked for by an alert",
        ),
    })
    .prefault({}),
  alerts: alerts.prefault({}),
  report: z
    .strictObject({
      daily: cron.optional().describe("When the report is sent if something is wrong"),
      weekly: cron.optional().describe("When a summary is sent in any case"),
    })
    .prefault({}),
  backups: z
    .strictObject({
      every: duration.prefault("1h"),
      keep: z
        .strictObject({
          hourly: count(1000).default(DEFAULT_BACKUP_KEEP.hourly),
          daily: count(1000).default(DEFAULT_BACKUP_KEEP.daily),
          weekly: count(1000).default(DEFAULT_BACKUP_KEEP.weekly),
        })
        .prefault({}),
      live: z
        .boolean()
        .default(false)
        .describe(
          "A copy of each sqlite item seconds after a commit, kept for a day, one a minute",
        ),
      quota: quota.describe(
        "What one backup may hold in all; more is refused, and told. Default: three times what the last one held, at least 2GB",
      ),
    })
    .prefault({}),
  failover: failover
    .optional()
    .describe(
      "While the primary is down the watcher serves copies of the static sites, and a page for the rest; left out: it does not",
    ),
});
export type Manifest = z.output<typeof manifestSchema>;
