import type { Check, HttpCheck } from "@second-server/contract/check-settings";
import {
  CHECKS,
  clockCheck,
  hostCheck,
  rebootCheck,
  renewalCheck,
  unitCheck,
  upgradeCheck,
} from "@second-server/contract/checks";
import { ROUTES, UNITS, jobUnit, workerUnit } from "@second-server/contract/names";
import { PATHS } from "@second-server/contract/paths";
import type { Role } from "@second-server/contract/roles";

import type { FleetFacts, ServiceFacts } from "../config/fleet";
import { failoverChecks } from "./failover";
import { hasLiveCopies, hasProcess, unitName } from "./units";

const publicUrl = (service: ServiceFacts): string =>
  `https://${service.host}${service.health.path}`;

/**
 * The service on the primary: where the watcher takes over, its name may lead to the watcher, or to
 * what a resolver remembers.
 */
const serviceCheck = ({ failover, primary }: FleetFacts, service: ServiceFacts): HttpCheck => {
  const { status, contains, matches, json: value, maxLatencyMs } = service.health;
  return {
    kind: "http",
    id: service.name,
    service: service.name,
    layer: "service",
    url: publicUrl(service),
    status,
    contains,
    matches,
    json: value,
    maxLatencyMs,
    unit: hasProcess(service) ? unitName(service) : undefined,
    via: failover === undefined ? undefined : primary.host,
  };
};

const DAY_SECONDS = 86_400;

/** Two missed nights; what was pulled last before the first of them is as old again as a pull. */
const offsiteChecks = ({ offsite, backups }: FleetFacts): Check[] =>
  offsite === undefined
    ? []
    : [
        {
          kind: "offsite",
          id: CHECKS.offsite,
          layer: "data",
          machine: "watcher",
          statusFile: PATHS.offsiteStatus,
          maxAgeSeconds: 2 * DAY_SECONDS + backups.everyMinutes * 60 + 3600,
          maxCheckedAgeSeconds: 2 * DAY_SECONDS + 3600,
          intervalSeconds: 60,
        },
      ];

/** It answers every five minutes; a restart of the primary, or of the network, is none to be woken for. */
const liveChecks = (fleet: FleetFacts): Check[] =>
  hasLiveCopies(fleet)
    ? [
        {
          kind: "live",
          id: CHECKS.live,
          // What the primary, or the way to it, explains is told as that.
          layer: "data",
          statusFile: PATHS.liveStatus,
          maxFailingSeconds: 300,
          maxAgeSeconds: 1200,
          intervalSeconds: 60,
        },
      ]
    : [];

/** It is copied with each backup. */
const historyCheck = ({ backups }: FleetFacts): Check => ({
  kind: "history",
  id: CHECKS.history,
  layer: "data",
  machine: "watcher",
  statusFile: PATHS.backupStatus,
  maxAgeSeconds: backups.everyMinutes * 120 + 3600,
  intervalSeconds: 60,
});

/**
 * Below the services: what they all stand on, so that one broken layer is one alert. Asked by the
 * machine's own name: a service's is the service's, which may change or go.
 */
const layers = (fleet: FleetFacts): Check[] => [
  {
    kind: "dns",
    id: CHECKS.dns,
    layer: "dns",
    name: fleet.primary.host,
    type: "A",
  },
  {
    kind: "http",
    id: CHECKS.nginx,
    layer: "nginx",
    url: `https://${fleet.primary.host}${ROUTES.ping}`,
    status: 200,
  },
  // One certificate covers all hosts of a machine.
  {
    kind: "certificate",
    id: CHECKS.certificate,
    layer: "certificate",
    host: fleet.primary.host,
    intervalSeconds: 60,
  },
  {
    kind: "certificate",
    id: CHECKS.statusCertificate,
    layer: "certificate",
    machine: "watcher",
    host: fleet.status.host,
    intervalSeconds: 60,
  },
  // Two missed runs, and a little for the pull itself.
  {
    kind: "backup",
    id: CHECKS.backup,
    layer: "data",
    machine: "watcher",
    statusFile: PATHS.backupStatus,
    maxAgeSeconds: fleet.backups.everyMinutes * 120 + 600,
    intervalSeconds: 60,
  },
  // The check is daily, the test weekly; one that is missed, as the watcher was off, is none to be
  // woken for.
  {
    kind: "repository",
    id: CHECKS.repository,
    layer: "data",
    machine: "watcher",
    statusFile: PATHS.backupStatus,
    maxTakenAgeSeconds: fleet.backups.everyMinutes * 120 + 3600,
    maxCheckedAgeSeconds: 2 * DAY_SECONDS + 3600,
    maxTestedAgeSeconds: 9 * DAY_SECONDS,
    intervalSeconds: 60,
  },
  historyCheck(fleet),
  ...liveChecks(fleet),
  ...offsiteChecks(fleet),
];

/** Units that nothing else would miss: services answer for themselves. */
export const WATCHED_UNITS: Readonly<Record<Role, readonly string[]>> = {
  primary: [UNITS.nginx, UNITS.certbot],
  watcher: [UNITS.nginx, UNITS.certbot, UNITS.cron],
};
const LIMITS = { memoryPercent: 95, diskPercent: 90, inodesPercent: 90, clockSeconds: 30 };
/** systemd-timesyncd asks every half hour or so. */
const UNSYNCED_SECONDS = DAY_SECONDS;
/** Two missed weeks. */
const TRIAL_SECONDS = 15 * 86_400;
const machineChecks = (
  machine: Role,
  { rebootWithinSeconds, upgradeWithinSeconds }: FleetFacts["checks"],
): Check[] => [
  {
    kind: "host",
    id: hostCheck(machine),
    layer: "data",
    machine,
    limits: LIMITS,
    intervalSeconds: 30,
  },
  {
    kind: "host",
    id: rebootCheck(machine),
    layer: "data",
    machine,
    limits: { rebootPendingSeconds: rebootWithinSeconds },
    intervalSeconds: 30,
  },
  {
    kind: "host",
    id: upgradeCheck(machine),
    layer: "data",
    machine,
    limits: { upgradesPendingSeconds: upgradeWithinSeconds },
    intervalSeconds: 60,
  },
  {
    kind: "host",
    id: clockCheck(machine),
    layer: "data",
    machine,
    limits: { unsyncedSeconds: UNSYNCED_SECONDS },
    intervalSeconds: 60,
  },
  {
    kind: "host",
    id: renewalCheck(machine),
    layer: "data",
    machine,
    limits: { trialSeconds: TRIAL_SECONDS },
    intervalSeconds: 60,
  },
  ...WATCHED_UNITS[machine].map((unit): Check => ({
    kind: "unit",
    id: unitCheck(machine, unit),
    layer: "data",
    machine,
    unit,
    intervalSeconds: 30,
  })),
];

/** For what the report of its end takes to come here. */
const REPORTED_SECONDS = 300;
/** What a service has besides its process: workers have to run, and jobs to be done. */
const besideChecks = ({ name: service, workers, jobs }: ServiceFacts): Check[] => [
  ...workers.map(({ name }): Check => ({
    kind: "unit",
    id: `${service}/${name}`,
    layer: "data",
    unit: workerUnit(service, name),
    intervalSeconds: 30,
  })),
  ...jobs.map(({ name, schedule, timeoutSeconds }): Check => ({
    kind: "heartbeat",
    id: `${service}/${name}`,
    layer: "data",
    token: `job:${jobUnit(service, name, "service")}`,
    unit: jobUnit(service, name, "service"),
    schedule,
    graceSeconds: timeoutSeconds + REPORTED_SECONDS,
    intervalSeconds: 30,
  })),
];

/** Everything that the Observatory looks at besides the primary as a whole. */
export const checksOf = (fleet: FleetFacts): readonly Check[] => [
  ...layers(fleet),
  ...machineChecks("primary", fleet.checks),
  ...machineChecks("watcher", fleet.checks),
  ...fleet.services.map((service) => serviceCheck(fleet, service)),
  ...fleet.services.flatMap(besideChecks),
  ...failoverChecks(fleet),
  ...fleet.checks.also,
];
