import type { FleetFacts } from "../config/fleet";
import type { ObservatoryConfig, WatchdogConfig } from "../config/monitor";
import type { MachineFile } from "../config/release";
import { OBSERVATORY_SECRETS, ROOT_SECRETS, alertConfig } from "./alerts";
import { WATCHED_UNITS, checksOf } from "./checks";
import { hasProcess, unitName } from "./units";

const json = (path: string, value: unknown): MachineFile => ({ path, mode: 0o644, text: `${JSON.stringify(value, null, 2)}\n` });
export const observatoryConfig = (fleet: FleetFacts): ObservatoryConfig => ({
  fleet: fleet.name, domain: fleet.domain, listen: { host: "127.0.0.1", port: fleet.status.port },
  database: "/var/lib/observatory/observatory.db", statusUrl: `https://${fleet.status.host}`,
  primary: { kind: "ssh", id: "primary", layer: "primary", host: fleet.services[0]!.host },
  services: fleet.services.map((service) => ({ name: service.name, url: `https://${service.host}` })),
  checks: checksOf(fleet),
  intervalSeconds: fleet.checks.intervalSeconds, timeoutSeconds: fleet.checks.timeoutSeconds, failAfter: fleet.checks.failAfter, passAfter: fleet.checks.passAfter,
  alerts: alertConfig(fleet, OBSERVATORY_SECRETS),
  report: { schedule: fleet.report.daily, weekly: fleet.report.weekly },
  signingKeyFile: `${OBSERVATORY_SECRETS}/signing-key`,
  ...(fleet.status.operator ? { operatorFile: `${OBSERVATORY_SECRETS}/operator-password` } : {}),
});

export const watchdogConfig = (fleet: FleetFacts): WatchdogConfig => {
  const statusUrl = `https://${fleet.status.host}`;
  return {
    intervalSeconds: fleet.watchdog.intervalSeconds, timeoutSeconds: 5, failAfter: fleet.watchdog.failAfter, maxRestartsPerHour: fleet.watchdog.maxRestartsPerHour,
    stateFile: "/var/lib/fleet-watchdog/state.json",
    services: fleet.services.filter(hasProcess).map((service) => ({
      name: service.name, unit: unitName(service), url: `http://127.0.0.1:${service.port}${service.health.path}`, status: service.health.status, contains: service.health.contains,
    })),
    watcher: { fleet: fleet.name, url: `${statusUrl}/`, passAfter: fleet.checks.passAfter, checks: [{ kind: "http", id: "watcher", layer: "primary", url: `${statusUrl}/health`, status: 200 }], alerts: alertConfig(fleet, ROOT_SECRETS) },
    report: { url: `${statusUrl}/report`, keyFile: `${ROOT_SECRETS}/signing-key`, units: WATCHED_UNITS.primary },
  };
};

export const observatoryFile = (fleet: FleetFacts): MachineFile => json("/etc/fleet/observatory.json", observatoryConfig(fleet));
export const watchdogFile = (fleet: FleetFacts): MachineFile => json("/etc/fleet/watchdog.json", watchdogConfig(fleet));
