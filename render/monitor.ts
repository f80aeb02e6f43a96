import type { TcpCheck } from "@second-server/contract/check-settings";
import { CHECKS } from "@second-server/contract/checks";
import { ROUTES, SECRETS, USERS, workerUnit } from "@second-server/contract/names";
import type { ObservatoryConfig, WatchdogConfig } from "@second-server/contract/observatory";
import { PATHS } from "@second-server/contract/paths";
import type { MachineFile } from "@second-server/contract/release";

import type { FleetFacts } from "../config/fleet";
import { alertConfig, mailConfig } from "./alerts";
import { WATCHED_UNITS, checksOf } from "./checks";
import { failoverConfig } from "./failover";
import { jsonFile } from "./json-file";
import { hasProcess, unitName } from "./units";

/**
 * More than the relay: one that is unreachable must not look like a machine without a network,
 * which believes nothing that it sees. Two public resolvers are asked for a connection, and only
 * when something fails.
 */
const outside = ({ alerts: { relay } }: FleetFacts): readonly TcpCheck[] => [
  { kind: "tcp", id: "relay", host: relay.host, port: relay.port },
  { kind: "tcp", id: "quad9", host: "9.9.9.9", port: 53 },
  { kind: "tcp", id: "cloudflare", host: "1.1.1.1", port: 53 },
];

export const observatoryConfig = (fleet: FleetFacts): ObservatoryConfig => ({
  fleet: fleet.name,
  domain: fleet.domain,
  listen: { host: "127.0.0.1", port: fleet.status.port },
  database: PATHS.observatoryDatabase,
  statusUrl: `https://${fleet.status.host}`,
  primary: { kind: "ssh", id: CHECKS.primary, layer: "primary", host: fleet.primary.host },
  services: fleet.services.map((service) => ({
    name: service.name,
    url: `https://${service.host}`,
  })),
  checks: checksOf(fleet),
  intervalSeconds: fleet.checks.intervalSeconds,
  timeoutSeconds: fleet.checks.timeoutSeconds,
  failAfter: fleet.checks.failAfter,
  passAfter: fleet.checks.passAfter,
  alerts: alertConfig(fleet, PATHS.observatorySecrets),
  network: outside(fleet),
  report: { schedule: fleet.report.daily, weekly: fleet.report.weekly },
  signingKeyFile: `${PATHS.observatorySecrets}/${SECRETS.ownerKey}`,
  primaryKeyFile: `${PATHS.observatorySecrets}/${SECRETS.primaryKey}`,
  ...(fleet.status.operator
    ? { operatorFile: `${PATHS.observatorySecrets}/${SECRETS.operatorPassword}` }
    : {}),
  ...(fleet.failover === undefined ? {} : { failover: failoverConfig(fleet) }),
});

export const watchdogConfig = (fleet: FleetFacts): WatchdogConfig => {
  const statusUrl = `https://${fleet.status.host}`;
  return {
    intervalSeconds: fleet.watchdog.intervalSeconds,
    timeoutSeconds: 5,
    failAfter: fleet.watchdog.failAfter,
    maxRestartsPerHour: fleet.watchdog.maxRestartsPerHour,
    stateFile: PATHS.watchdogState,
    services: fleet.services.filter(hasProcess).map((service) => ({
      name: service.name,
      unit: unitName(service),
      url: `http://127.0.0.1:${service.port}${service.health.path}`,
      status: service.health.status,
      contains: service.health.contains,
      startSeconds: service.health.startSeconds,
    })),
    watcher: {
      fleet: fleet.name,
      url: `${statusUrl}/`,
      passAfter: fleet.checks.passAfter,
      checks: [
        {
          kind: "http",
          id: CHECKS.watcher,
          layer: "primary",
          url: `${statusUrl}${ROUTES.health}`,
          status: 200,
        },
      ],
      alerts: mailConfig(fleet, PATHS.secrets),
      network: outside(fleet),
    },
    report: {
      url: `${statusUrl}${ROUTES.report}`,
      keyFile: `${PATHS.secrets}/${SECRETS.primaryKey}`,
      units: [
        ...WATCHED_UNITS.primary,
        ...fleet.services.filter(hasProcess).map(unitName),
        ...fleet.services.flatMap(({ name, workers }) =>
          workers.map((worker) => workerUnit(name, worker.name)),
        ),
      ],
    },
  };
};

/** Addresses of channels and tokens of heartbeats are in it: who has them can speak for others. */
export const observatoryFile = (fleet: FleetFacts): MachineFile => ({
  ...jsonFile(PATHS.observatorySettings, observatoryConfig(fleet)),
  mode: 0o640,
  group: USERS.observatory,
});
/** The watchdog is root. */
export const watchdogFile = (fleet: FleetFacts): MachineFile => ({
  ...jsonFile(PATHS.watchdogSettings, watchdogConfig(fleet)),
  mode: 0o600,
});
