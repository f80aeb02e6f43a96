import type { FleetFacts, ServiceFacts } from "../config/fleet";
import type { Check, HttpCheck, ObservatoryConfig, WatchdogConfig } from "../config/monitor";
import type { MachineFile } from "../config/release";
import { hasProcess, unitName } from "./units";

const json = (path: string, value: unknown): MachineFile => ({ path, mode: 0o644, text: `${JSON.stringify(value, null, 2)}\n` });
const publicUrl = (service: ServiceFacts): string => `https://${service.host}${service.health.path}`;

const serviceCheck = (service: ServiceFacts): HttpCheck =>
  ({ kind: "http", id: service.name, service: service.name, layer: "service", url: publicUrl(service), status: service.health.status, contains: service.health.contains });

/** Below the services: what they all stand on, so that one broken layer is one alert. */
const layers = ({ services, backups }: FleetFacts): Check[] => {
  const first = services[0]!;
  return [
    { kind: "dns", id: "dns", layer: "dns", name: first.host, type: "A" },
    { kind: "http", id: "nginx", layer: "nginx", url: `https://${first.host}/ping`, status: 200 },
    { kind: "certificate", id: "certificate", layer: "certificate", host: first.host },
    // Two missed runs, and a little for the pull itself.
    { kind: "backup", id: "backup", layer: "data", machine: "watcher", statusFile: "/var/lib/fleet-backups/status.json", maxAgeSeconds: backups.everyMinutes * 120 + 600, intervalSeconds: 60 },
  ];
};

export const observatoryConfig = (fleet: FleetFacts): ObservatoryConfig => ({
  fleet: fleet.name, domain: fleet.domain, listen: { host: "127.0.0.1", port: fleet.status.port },
  database: "/var/lib/observatory/observatory.db", statusUrl: `https://${fleet.status.host}`,
  primary: { kind: "ssh", id: "primary", layer: "primary", host: fleet.services[0]!.host },
  services: fleet.services.map((service) => ({ name: service.name, url: `https://${service.host}` })),
  checks: [...layers(fleet), ...fleet.services.map(serviceCheck)],
  intervalSeconds: fleet.checks.intervalSeconds, timeoutSeconds: fleet.checks.timeoutSeconds, failAfter: fleet.checks.failAfter, passAfter: fleet.checks.passAfter,
  alerts: {
    to: fleet.alerts.to, from: fleet.alerts.from,
    relay: { ...fleet.alerts.relay, ...(fleet.alerts.relay.user ? { passwordFile: "/run/credentials/observatory.service/relay-password" } : {}) },
  },
});

export const watchdogConfig = (fleet: FleetFacts): WatchdogConfig => ({
  intervalSeconds: fleet.watchdog.intervalSeconds, timeoutSeconds: 5, failAfter: fleet.watchdog.failAfter, maxRestartsPerHour: fleet.watchdog.maxRestartsPerHour,
  stateFile: "/var/lib/fleet-watchdog/state.json",
  services: fleet.services.filter(hasProcess).map((service) => ({
    name: service.name, unit: unitName(service), url: `http://127.0.0.1:${service.port}${service.health.path}`, status: service.health.status, contains: service.health.contains,
  })),
});

export const observatoryFile = (fleet: FleetFacts): MachineFile => json("/etc/fleet/observatory.json", observatoryConfig(fleet));
export const watchdogFile = (fleet: FleetFacts): MachineFile => json("/etc/fleet/watchdog.json", watchdogConfig(fleet));
