import { relative } from "node:path";

import type { BackupPolicy } from "@second-server/contract/backups";
import { NO_NETWORK, OWN_HARDENING, hardening } from "@second-server/contract/hardening";
import { UNITS, USERS } from "@second-server/contract/names";
import { DEBIAN_PATHS, PATHS, unitPath } from "@second-server/contract/paths";
import type { MachineFile } from "@second-server/contract/release";
import type { Role } from "@second-server/contract/roles";
import { PULL_UNIT } from "@second-server/contract/units";

import type { FleetFacts } from "../config/fleet";
import { fill } from "./fill";
import { hostSettings } from "./host";
import { jsonFile } from "./json-file";
import { memoryFences } from "./memory";
import { hasLiveCopies } from "./units";

/** `isPushed`: it takes pushes. The first boot's never does: a machine that is made stays as it is. */
export const sshdText = (role: Role, isPushed = false): string =>
  fill("ssh/10-fleet.conf", {
    allowed: [
      USERS.operator,
      ...(role === "primary" ? [USERS.peer] : []),
      ...(isPushed ? [USERS.push] : []),
    ].join(" "),
    push: isPushed ? fill("ssh/push.conf", {}) : "",
  });

/** Its master opens ports and keys, writes logs of www-data's and becomes that user. */
const NGINX_CAPABILITIES = [
  "CAP_NET_BIND_SERVICE",
  "CAP_SETUID",
  "CAP_SETGID",
  "CAP_CHOWN",
  "CAP_DAC_OVERRIDE",
  "CAP_KILL",
];

/** One client's connections: nftables refuses what is too many, and nginx may hold the rest. */
const clientLimits = (): MachineFile[] => [
  { path: PATHS.clientLimits, mode: 0o644, text: fill("system/client-limits.nft", {}) },
  {
    path: unitPath(UNITS.clientLimits),
    mode: 0o644,
    text: fill("systemd/client-limits.service", {}),
  },
  {
    path: unitPath(`${UNITS.nginx}.d/limits.conf`),
    mode: 0o644,
    text: fill("systemd/nginx-limits.conf", {
      hardening: hardening({
        capabilities: NGINX_CAPABILITIES.join(" "),
        families: ["AF_INET", "AF_INET6", "AF_UNIX"],
        system: "full",
      }).join("\n"),
    }),
  },
];

/**
 * The access log is looked at each minute, and rotated when it has grown: by day alone, a busy one
 * fills the disk.
 */
const logSizes = (): MachineFile[] => [
  { path: PATHS.logSizes, mode: 0o644, text: fill("system/log-sizes.conf", {}) },
  {
    path: unitPath(UNITS.logSizes),
    mode: 0o644,
    text: fill("systemd/log-sizes.service", {
      hardening: [...hardening({ families: ["AF_UNIX"] }), ...OWN_HARDENING, ...NO_NETWORK].join(
        "\n",
      ),
    }),
  },
  {
    path: unitPath(UNITS.logSizesTimer),
    mode: 0o644,
    text: fill("systemd/log-sizes.timer", {}),
  },
];

/** Renewals of the certificate: how each ended is written down, and one is tried every week. */
const renewals = (): MachineFile[] => [
  { path: PATHS.renewalOutcome, mode: 0o755, text: fill("system/renewal-outcome", {}) },
  {
    path: unitPath(`${UNITS.certbotRun}.d/fleet.conf`),
    mode: 0o644,
    text: fill("systemd/certbot-outcome.conf", {}),
  },
  {
    path: unitPath(UNITS.renewalTrialRun),
    mode: 0o644,
    text: fill("systemd/renewal-trial.service", {}),
  },
  {
    path: unitPath(UNITS.renewalTrial),
    mode: 0o644,
    text: fill("systemd/renewal-trial.timer", {}),
  },
];

/** What both machines have, whatever they do. */
export const systemFiles = (role: Role, isPushed = false): MachineFile[] => [
  ...hostSettings(),
  ...clientLimits(),
  ...renewals(),
  ...memoryFences(),
  ...logSizes(),
  { path: PATHS.sshdSettings, mode: 0o644, text: sshdText(role, isPushed) },
  {
    path: PATHS.sshdAlgorithms,
    mode: 0o644,
    text: fill("ssh/20-fleet-algorithms.conf", {}),
  },
  {
    path: PATHS.journaldSettings,
    mode: 0o644,
    text: fill("system/journald.conf", {}),
  },
  {
    path: "/etc/apt/apt.conf.d/20auto-upgrades",
    mode: 0o644,
    text: fill("system/20auto-upgrades", {}),
  },
  {
    path: `${DEBIAN_PATHS.letsencrypt}/renewal-hooks/deploy/reload-nginx`,
    mode: 0o755,
    text: fill("system/reload-nginx", {}),
  },
];

/**
 * The primary's alone: while the watcher is brought up to date, what fails on the primary still has
 * to be told.
 */
export const announcedUpgrades = (): MachineFile => ({
  path: unitPath(`${UNITS.upgrades}.d/fleet.conf`),
  mode: 0o644,
  text: fill("systemd/upgrades-announced.conf", {}),
});

/**
 * cron's five fields for "every so many minutes", a divisor of an hour, or whole hours that divide
 * a day; hours begin at :07, when fewer others ask.
 */
export const cronSchedule = (everyMinutes: number): string => {
  if (everyMinutes < 60) return `*/${everyMinutes} * * * *`;
  if (everyMinutes === 1440) return "7 3 * * *";
  return everyMinutes === 60 ? "7 * * * *" : `7 */${everyMinutes / 60} * * *`;
};

/** At night, between two pulls. */
const UPKEEP_SCHEDULE = "37 2 * * *";

export const backupCron = (fleet: FleetFacts): MachineFile => ({
  path: PATHS.backupCron,
  mode: 0o644,
  text: fill("cron/fleet-backup", {
    schedule: cronSchedule(fleet.backups.everyMinutes),
    upkeep: UPKEEP_SCHEDULE,
    offsite:
      fleet.offsite === undefined
        ? ""
        : `; systemd-cat -t fleet-backup ${PATHS.agent} backup offsite`,
  }),
});

/** The pull itself: nobody's but its own user's. */
export const pullUnit = (): MachineFile => ({
  path: unitPath(UNITS.pull),
  mode: 0o644,
  text: fill("systemd/backup-pull.service", { rights: PULL_UNIT.join("\n") }),
});

/** It is always there, so less memory is its own than a pull's: what it has to hold is a list. */
const liveRights = (): readonly string[] => [
  ...PULL_UNIT.filter((line) => !line.startsWith("Memory")),
  "MemoryHigh=64M",
  "MemoryMax=80M",
];

/** Follows the primary's databases, by the same user. */
export const liveUnits = (fleet: FleetFacts): readonly MachineFile[] =>
  hasLiveCopies(fleet)
    ? [
        {
          path: unitPath(UNITS.live),
          mode: 0o644,
          text: fill("systemd/backup-live.service", { rights: liveRights().join("\n") }),
        },
      ]
    : [];

/** What the agent keeps of the pulled backups. */
export const backupPolicy = ({ backups, services }: FleetFacts): MachineFile => {
  const policy: BackupPolicy = {
    keep: backups.keep,
    everyMinutes: backups.everyMinutes,
    quota: {
      ...(backups.quotaBytes === undefined ? {} : { bytes: backups.quotaBytes }),
      services: Object.fromEntries(
        services.flatMap(({ name, quotaBytes }) =>
          quotaBytes === undefined ? [] : [[name, quotaBytes]],
        ),
      ),
    },
    items: services.flatMap(({ data }) =>
      data.map(({ path }) => `data/${relative(PATHS.serviceData, path)}`),
    ),
  };
  return jsonFile(PATHS.backupPolicy, policy);
};
