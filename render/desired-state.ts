import {
  CERTIFICATE,
  ROUTES,
  UNITS,
  USERS,
  jobUnit,
  workerUnit,
} from "@second-server/contract/names";
import { PATHS, TREES } from "@second-server/contract/paths";
import {
  type Release,
  type ReleaseHandover,
  type ReleaseProbe,
  type ReleasePublicProbe,
  type ReleaseUnit,
  treeCause,
} from "@second-server/contract/release";
import type { Role } from "@second-server/contract/roles";
import { CONTRACT_VERSION } from "@second-server/contract/version";

import type { FleetFacts, ServiceFacts } from "../config/fleet";
import { COMMON_UNITS, FAILOVER_UNITS, RENEW_UNIT, daemon, rebootUnits } from "./common-units";
import { sha256 } from "./digest";
import { certificateCopies } from "./failover";
import { FIRST_BOOT_PACKAGES } from "./first-boot";
import { branchesOf, takesPushes } from "./push";
import { dataFolder, hasLiveCopies, hasProcess, standInUnits, unitName } from "./units";

/** All that a release says besides the bytes: users, units, certificates, probes. */
export type DesiredState = Omit<Release, "files" | "trees">;

/** What both machines need and the first boot, which never changes, does not bring. */
const COMMON_PACKAGES = [
  ...FIRST_BOOT_PACKAGES,
  "libnginx-mod-http-brotli-static",
  "logrotate",
  "needrestart",
  "nftables",
  "systemd-timesyncd",
];
const DIRECTORIES: Release["directories"] = [
  // Its files are readable, its secrets are not: those have a mode of their own.
  { path: PATHS.settings, mode: 0o755, owner: "root", group: "root" },
  { path: PATHS.webLogs, mode: 0o750, owner: "root", group: "adm" },
  { path: PATHS.webroot, mode: 0o755, owner: "root", group: "root" },
  { path: PATHS.renewals, mode: 0o755, owner: "root", group: "root" },
];

/**
 * Workers go the way of the service that they are part of; a job that runs is left to its end, and
 * finds what is new the next time.
 */
const serviceUnits = (service: ServiceFacts): readonly ReleaseUnit[] => [
  daemon(unitName(service), [
    ...(service.folder ? [treeCause(service.name)] : []),
    ...service.trees.map(treeCause),
  ]),
  ...service.workers.map(({ name }) => daemon(workerUnit(service.name, name), [])),
  ...service.jobs.flatMap(({ name }): readonly ReleaseUnit[] => [
    {
      name: jobUnit(service.name, name, "service"),
      restartOn: [],
      onChange: "none",
      enable: false,
    },
    { name: jobUnit(service.name, name, "timer"), restartOn: [], onChange: "none", enable: true },
  ]),
];

const probe = (service: ServiceFacts): ReleaseProbe => ({
  service: service.name,
  unit: unitName(service),
  url: `http://127.0.0.1:${service.port}${service.health.path}`,
  status: service.health.status,
  contains: service.health.contains,
  timeoutSeconds: service.health.startSeconds,
});

/**
 * What the Observatory and `up` ask from outside. What a proxy leads to is started by somebody
 * else: there only the way to it can be asked for.
 */
const publicProbe = (service: ServiceFacts): ReleasePublicProbe => ({
  service: service.name,
  url: `https://${service.host}${service.health.path}`,
  ...(service.kind === "proxy"
    ? {}
    : { status: service.health.status, contains: service.health.contains }),
  timeoutSeconds: 20,
});

const handover = (service: ServiceFacts): readonly ReleaseHandover[] =>
  service.handover === undefined
    ? []
    : [
        {
          service: service.name,
          unit: unitName(service),
          ...service.handover,
          units: standInUnits(service).map(({ name, text }) => ({ name, sha256: sha256(text) })),
        },
      ];

const primary = (fleet: FleetFacts): DesiredState => {
  const processes = fleet.services.filter(hasProcess);
  return {
    format: CONTRACT_VERSION,
    role: "primary",
    fleet: `${fleet.name}@${fleet.domain}`,
    packages: [
      ...new Set([
        ...COMMON_PACKAGES,
        ...(takesPushes(fleet) ? ["git"] : []),
        ...fleet.services.flatMap((service) => service.packages),
      ]),
    ].sort(),
    users: [
      ...processes.map((service) => ({ name: service.user!, home: dataFolder(service) })),
      ...(takesPushes(fleet) ? [{ name: USERS.push, home: PATHS.pushHome, logsIn: true }] : []),
    ],
    directories: DIRECTORIES,
    units: [
      ...processes.flatMap(serviceUnits),
      ...COMMON_UNITS,
      ...rebootUnits(fleet),
      RENEW_UNIT,
      daemon(UNITS.watchdog, [PATHS.watchdogSettings, treeCause(TREES.monitor)]),
    ],
    certificates: [
      {
        name: CERTIFICATE,
        hosts: [...fleet.services.map((service) => service.host), fleet.primary.host],
        email: fleet.email,
      },
    ],
    probes: processes.map(probe),
    publicProbes: [
      ...fleet.services.map(publicProbe),
      {
        service: "nginx",
        url: `https://${fleet.primary.host}${ROUTES.ping}`,
        status: 200,
        timeoutSeconds: 20,
      },
    ],
    handovers: processes.flatMap(handover),
    ...(takesPushes(fleet) ? { branches: branchesOf(fleet) } : {}),
    data: fleet.services.flatMap((service) =>
      service.data.map(({ kind, path }) => ({
        service: service.name,
        unit: unitName(service),
        owner: service.user ?? "root",
        kind,
        path,
      })),
    ),
  };
};

const watcher = (fleet: FleetFacts): DesiredState => ({
  format: CONTRACT_VERSION,
  role: "watcher",
  fleet: `${fleet.name}@${fleet.domain}`,
  packages: ["cron", "restic", ...COMMON_PACKAGES].sort(),
  users: [
    { name: USERS.observatory, home: PATHS.observatoryHome },
    { name: USERS.pull, home: PATHS.backups },
    ...(fleet.failover === undefined ? [] : [{ name: USERS.failover, home: PATHS.failoverHome }]),
  ],
  directories: DIRECTORIES,
  units: [
    {
      // Whether it takes over at all is settled as it starts.
      ...daemon(UNITS.observatory, [
        treeCause(TREES.monitor),
        treeCause(TREES.libsql),
        PATHS.failoverSettings,
      ]),
      reloadOn: [PATHS.observatorySettings],
    },
    // Started by cron.
    { name: UNITS.pull, restartOn: [], onChange: "none", enable: false },
    ...(hasLiveCopies(fleet) ? [daemon(UNITS.live, [])] : []),
    ...(fleet.failover === undefined ? [] : FAILOVER_UNITS),
    ...COMMON_UNITS,
    ...rebootUnits(fleet),
  ],
  certificates: [{ name: CERTIFICATE, hosts: [fleet.status.host], email: fleet.email }],
  ...(fleet.failover === undefined ? {} : { certificateCopies: certificateCopies(fleet) }),
  probes: [
    {
      service: "observatory",
      unit: UNITS.observatory,
      url: `http://127.0.0.1:${fleet.status.port}${ROUTES.health}`,
      status: 200,
      timeoutSeconds: 40,
    },
  ],
  publicProbes: [
    {
      service: "observatory",
      url: `https://${fleet.status.host}${ROUTES.health}`,
      status: 200,
      timeoutSeconds: 20,
    },
  ],
  data: [],
});

export const desiredState = (fleet: FleetFacts, role: Role): DesiredState =>
  role === "primary" ? primary(fleet) : watcher(fleet);
