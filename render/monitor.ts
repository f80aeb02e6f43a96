import type {
  ObservatoryConfig,
  TcpCheck,
  WatchdogConfig,
} from "@second-server/contract/observatory";
import type { MachineFile } from "@second-server/contract/release";

import type { FleetFacts } from "../config/fleet";
import { OBSERVATORY_SECRETS, ROOT_SECRETS, alertConfig } from "./alerts";
import { WATCHED_UNITS, checksOf } from "./checks";
import { hasProcess, unitName } from "./units";

const json = (path: string, value: unknown): MachineFile => ({
  path,
  mode: 0o644,
  text: `${JSON.stringify(value, null, 2)}\n`,
});
/** More than the relay: one that is unreachable must not look like a machine without a network, which believes nothing that it sees. Two public resolvers are asked for a connection, and only when something fails. */
const outside = ({ alerts: { relay } }: FleetFacts): readonly TcpCheck[] => [
  { kind: "tcp", id: "relay", host: relay.host, port: relay.port },
  { kind: "tcp", id: "quad9", host: "9.9.9.9", port: 53 },
  { kind: "tcp", id: "cloudflare", host: "1.1.1.1", port: 53 },
];

export const observatoryConfig = (fleet: FleetFacts): ObservatoryConfig => ({
  fleet: fleet.name,
  domain: fleet.domain,
  listen: { host: "127.0.0.1", port: fleet.status.port },
  database: "/var/lib/observatory/observatory.db",
  statusUrl: `https://${fleet.status.host}`,
  primary: { kind: "ssh", id: "primary", layer: "primary", host: fleet.services[0]!.host },
  services: fleet.services.map((service) => ({
    name: service.name,
    url: `https://${service.host}`,
  })),
  checks: checksOf(fleet),
  intervalSeconds: fleet.checks.intervalSeconds,
  timeoutSeconds: fleet.checks.timeoutSeconds,
  failAfter: fleet.checks.failAfter,
  passAfter: fleet.checks.passAfter,
  alerts: alertConfig(fleet, OBSERVATORY_SECRETS),
  network: outside(fleet),
  report: { schedule: fleet.report.daily, weekly: fleet.report.weekly },
  signingKeyFile: `${OBSERVATORY_SECRETS}/signing-key`,
  ...(fleet.status.operator ? { operatorFile: `${OBSERVATORY_SECRETS}/operator-password` } : {}),
});

export const watchdogConfig = (fleet: FleetFacts): WatchdogConfig => {
  const statusUrl = `https://${fleet.status.host}`;
  return {
    intervalSeconds: fleet.watchdog.intervalSeconds,
    timeoutSeconds: 5,
    failAfter: fleet.watchdog.failAfter,
    maxRestartsPerHour: fleet.watchdog.maxRestartsPerHour,
    stateFile: "/var/lib/fleet-watchdog/state.json",
    services: fleet.services.filter(hasProcess).map((service) => ({
      name: service.name,
      unit: unitName(service),
      url: `http://127.0.0.1:${service.port}${service.health.path}`,
      status: service.health.status,
      contains: service.health.contains,
    })),
    watcher: {
      fleet: fleet.name,
      url: `${statusUrl}/`,
      passAfter: fleet.checks.passAfter,
      checks: [
        {
          kind: "http",
          id: "watcher",
          layer: "primary",
          url: `${statusUrl}/health`,
          status: 200,
        },
      ],
      alerts: alertConfig(fleet, ROOT_SECRETS),
      network: outside(fleet),
    },
    report: {
      url: `${statusUrl}/report`,
      keyFile: `${ROOT_SECRETS}/signing-key`,
      units: WATCHED_UNITS.primary,
    },
  };
};

export const observatoryFile = (fleet: FleetFacts): MachineFile =>
  json("/etc/fleet/observatory.json", observatoryConfig(fleet));
export const watchdogFile = (fleet: FleetFacts): MachineFile =>
  json("/etc/fleet/watchdog.json", watchdogConfig(fleet));
