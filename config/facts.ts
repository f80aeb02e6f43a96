import { createHash } from "node:crypto";
import { posix } from "node:path";

import type { Role } from "@second-server/contract/roles";

import { alertFacts, checkFacts } from "./alert-facts";
import { PORTS, RESERVED_PORTS, SIZES, STATUS_PORT } from "./catalogue";
import type { DataFacts, FleetFacts, HealthFacts, MachineFacts, ServiceFacts } from "./fleet";
import type { Manifest, ManifestService } from "./schema";
import type { Settings } from "./settings";

const MEMORY_MIB: Readonly<Record<ManifestService["kind"], number>> = {
  static: 0,
  proxy: 0,
  node: 96,
  python: 64,
  binary: 64,
};

/** Where the search for a service's port begins: the same for one name, whatever else is in the manifest. */
const portOf = (name: string): number =>
  createHash("sha256").update(name).digest().readUInt32BE() % PORTS.count;

/** Left-out ports come from the services' names, so that adding, removing or moving one service leaves the others' as they are. Of two names that meet, the later in the alphabet takes the next free one. */
const assignPorts = (services: Manifest["services"]): ReadonlyMap<string, number> => {
  const written = Object.values(services).flatMap((service) => [
    ...("port" in service && service.port ? [service.port] : []),
    ...(service.kind === "proxy" ? [Number(service.upstream.split(":").at(-1))] : []),
  ]);
  const taken = new Set<number>([...Object.keys(RESERVED_PORTS).map(Number), ...written]);
  const ports = new Map<string, number>();
  for (const [name, service] of Object.entries(services).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (service.kind === "static" || service.kind === "proxy") continue;
    let offset = portOf(name);
    while (!service.port && taken.has(PORTS.first + offset)) offset = (offset + 1) % PORTS.count;
    const port = service.port ?? PORTS.first + offset;
    taken.add(port);
    ports.set(name, port);
  }
  return ports;
};

const dataFacts = (name: string, item: ManifestService["data"][number]): DataFacts => {
  const [kind, path] = Object.entries(item)[0] as [DataFacts["kind"], string];
  return { kind, path: posix.join("/var/lib/fleet", name, path) };
};

const healthFacts = (
  { "max-latency-ms": maxLatencyMs, ...health }: ManifestService["health"],
  path: string,
): HealthFacts => ({ path, ...health, ...(maxLatencyMs === undefined ? {} : { maxLatencyMs }) });

const serviceFacts = (
  name: string,
  service: ManifestService,
  port: number | undefined,
  domain: string,
): ServiceFacts => ({
  name,
  kind: service.kind,
  port,
  host: service.host ?? `${name}.${domain}`,
  folder: "folder" in service ? service.folder : undefined,
  entry: "entry" in service ? service.entry : undefined,
  command: "command" in service ? service.command : [],
  packages: "packages" in service ? service.packages : [],
  upstream: service.kind === "proxy" ? service.upstream : undefined,
  user: service.kind === "static" || service.kind === "proxy" ? undefined : `svc-${name}`,
  memoryMiB: service.memory ?? MEMORY_MIB[service.kind],
  environment: "environment" in service ? service.environment : {},
  // A static site or something behind a proxy can't be expected to know our /health.
  health: healthFacts(
    service.health,
    service.kind === "static" || service.kind === "proxy" ? "/" : "/health",
  ),
  data: service.data.map((item) => dataFacts(name, item)),
  streaming: service.streaming,
});

const machineFacts = (role: Role, machine: Manifest["machines"][Role]): MachineFacts => ({
  role,
  name: role,
  ...machine,
  monthlyUsd: SIZES[machine.size]!.monthlyUsd,
});

const deepFreeze = <T>(value: T): T => {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
};

/** A checked manifest, checked settings and the names of the secrets that are set → the frozen facts that everything downstream reads. */
export const factsOf = (
  manifest: Manifest,
  settings: Settings,
  secrets: readonly string[],
): FleetFacts => {
  const ports = assignPorts(manifest.services);
  return deepFreeze({
    name: manifest.name,
    domain: settings.domain,
    email: settings.email,
    ttl: settings.ttl,
    primary: machineFacts("primary", manifest.machines.primary),
    watcher: machineFacts("watcher", manifest.machines.watcher),
    services: Object.entries(manifest.services).map(([name, service]) =>
      serviceFacts(name, service, ports.get(name), settings.domain),
    ),
    status: {
      host: `status.${settings.domain}`,
      port: STATUS_PORT,
      operator: secrets.includes("operator-password"),
    },
    checks: {
      intervalSeconds: manifest.checks.every,
      timeoutSeconds: manifest.checks.timeout,
      failAfter: manifest.checks["fail-after"],
      passAfter: manifest.checks["pass-after"],
      also: manifest.checks.also.map(checkFacts),
    },
    watchdog: {
      intervalSeconds: manifest.watchdog.every,
      failAfter: manifest.watchdog["fail-after"],
      maxRestartsPerHour: manifest.watchdog["restarts-per-hour"],
    },
    alerts: alertFacts(manifest, settings, secrets),
    report: manifest.report,
    backups: { everyMinutes: manifest.backups.every / 60, keep: manifest.backups.keep },
    admin: {
      user: "fleet",
      authorizedKeys: settings["admin-keys"],
      allowFrom: settings["admin-from"] ?? ["0.0.0.0/0", "::/0"],
    },
  });
};
