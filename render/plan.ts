import type { Release, ReleaseProbe, ReleaseUnit } from "@second-server/contract/release";
import type { Role } from "@second-server/contract/roles";

import type { FleetFacts, ServiceFacts } from "../config/fleet";
import { FIRST_BOOT_PACKAGES } from "./first-boot";
import { dataFolder, hasProcess, unitName } from "./units";

/** All that a release says besides the bytes: users, units, certificates, probes. */
export type ReleasePlan = Omit<Release, "files" | "trees">;

const daemon = (name: string, restartOn: readonly string[]): ReleaseUnit => ({
  name,
  restartOn,
  onChange: "restart",
  enable: true,
});
// "/etc/nginx/" stands for every file below it.
const NGINX: ReleaseUnit = {
  name: "nginx.service",
  restartOn: ["/etc/nginx/"],
  onChange: "reload",
  enable: true,
};
const COMMON_UNITS: readonly ReleaseUnit[] = [
  NGINX,
  { name: "certbot.timer", restartOn: [], onChange: "none", enable: true },
  {
    name: "ssh.service",
    restartOn: ["/etc/ssh/sshd_config.d/10-fleet.conf"],
    onChange: "reload",
    enable: true,
  },
  {
    name: "systemd-journald.service",
    restartOn: ["/etc/systemd/journald.conf.d/fleet.conf"],
    onChange: "restart",
    enable: false,
  },
];
const DIRECTORIES: Release["directories"] = [
  // Its files are readable, its secrets are not: those have a mode of their own.
  { path: "/etc/fleet", mode: 0o755, owner: "root", group: "root" },
  { path: "/var/www/acme", mode: 0o755, owner: "root", group: "root" },
];

const serviceUnit = (service: ServiceFacts): ReleaseUnit =>
  daemon(unitName(service), [
    ...(service.folder ? [`tree:${service.name}`] : []),
    ...service.trees.map((name) => `tree:${name}`),
  ]);

const probe = (service: ServiceFacts): ReleaseProbe => ({
  service: service.name,
  unit: unitName(service),
  url: `http://127.0.0.1:${service.port}${service.health.path}`,
  status: service.health.status,
  contains: service.health.contains,
  timeoutSeconds: 20,
});

const primary = (fleet: FleetFacts): ReleasePlan => {
  const processes = fleet.services.filter(hasProcess);
  return {
    format: 1,
    role: "primary",
    packages: [
      ...new Set([
        ...FIRST_BOOT_PACKAGES,
        ...fleet.services.flatMap((service) => service.packages),
      ]),
    ].sort(),
    users: processes.map((service) => ({
      name: service.user!,
      home: dataFolder(service),
      groups: [],
    })),
    directories: DIRECTORIES,
    units: [
      ...processes.map(serviceUnit),
      ...COMMON_UNITS,
      daemon("fleet-watchdog.service", ["/etc/fleet/watchdog.json", "tree:monitor"]),
    ],
    certificates: [
      { name: "fleet", hosts: fleet.services.map((service) => service.host), email: fleet.email },
    ],
    probes: processes.map(probe),
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

const watcher = (fleet: FleetFacts): ReleasePlan => ({
  format: 1,
  role: "watcher",
  packages: ["cron", ...FIRST_BOOT_PACKAGES].sort(),
  users: [{ name: "observatory", home: "/var/lib/observatory", groups: [] }],
  directories: DIRECTORIES,
  units: [
    {
      ...daemon("observatory.service", ["tree:monitor", "tree:node-libsql"]),
      reloadOn: ["/etc/fleet/observatory.json"],
    },
    ...COMMON_UNITS,
  ],
  certificates: [{ name: "fleet", hosts: [fleet.status.host], email: fleet.email }],
  probes: [
    {
      service: "observatory",
      unit: "observatory.service",
      url: `http://127.0.0.1:${fleet.status.port}/health`,
      status: 200,
      timeoutSeconds: 40,
    },
  ],
  data: [],
});

export const planOf = (fleet: FleetFacts, role: Role): ReleasePlan =>
  role === "primary" ? primary(fleet) : watcher(fleet);
