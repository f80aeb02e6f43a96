import { createHash } from "node:crypto";
import { posix } from "node:path";

import { SECRETS, USERS, serviceUser } from "@second-server/contract/names";
import { serviceDataFolder } from "@second-server/contract/paths";
import type { Role } from "@second-server/contract/roles";

import { alertFacts } from "./alert-facts";
import { PORTS, RESERVED_PORTS, SIZES, SPARE_PORTS, STATUS_PORT } from "./catalogue";
import { failoverFacts } from "./failover";
import type { DataFacts, FleetFacts, HealthFacts, MachineFacts, ServiceFacts } from "./fleet";
import { offsiteFacts } from "./offsite";
import { primariesOf, primaryName } from "./primaries";
import type { Manifest } from "./schema";
import type { Settings } from "./settings";
import type { StackConfig } from "./stack-config";

type Service = Manifest["services"][string];

interface Ports {
  readonly own: number;
  readonly spare: number;
}
type Range = typeof PORTS;

/**
 * The first free port from where the search for a name begins: the same for one name, whatever else
 * is in the manifest.
 */
const firstFree = (name: string, { first, count }: Range, taken: ReadonlySet<number>): number => {
  let offset = createHash("sha256").update(name).digest().readUInt32BE() % count;
  while (taken.has(first + offset)) offset = (offset + 1) % count;
  return first + offset;
};

/**
 * Left-out ports come from the services' names, so that adding, removing or moving one service
 * leaves the others' as they are. Of two names that meet, the later in the alphabet takes the next
 * free one.
 */
const assignPorts = (services: Manifest["services"]): ReadonlyMap<string, Ports> => {
  const written = Object.values(services).flatMap(({ backend }) => {
    if (backend === undefined) return [];
    if ("upstream" in backend) return [Number(backend.upstream.split(":").at(-1))];
    return backend.port === undefined ? [] : [backend.port];
  });
  const taken = new Set<number>([...Object.keys(RESERVED_PORTS).map(Number), ...written]);
  const take = (port: number): number => {
    taken.add(port);
    return port;
  };
  const ports = new Map<string, Ports>();
  for (const [name, { backend }] of Object.entries(services).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (backend === undefined || "upstream" in backend) continue;
    const own = backend.port ?? take(firstFree(name, PORTS, taken));
    ports.set(name, { own, spare: take(firstFree(name, SPARE_PORTS, taken)) });
  }
  return ports;
};

const dataFacts = (name: string, item: Service["data"][number]): DataFacts => {
  const [kind, path] = Object.entries(item)[0] as [DataFacts["kind"], string];
  return { kind, path: posix.join(serviceDataFolder(name), path) };
};

const healthFacts = ({
  "max-latency-ms": maxLatencyMs,
  "start-within": startSeconds,
  ...health
}: Service["health"]): HealthFacts => ({
  ...health,
  startSeconds,
  ...(maxLatencyMs === undefined ? {} : { maxLatencyMs }),
});

/** What the kind says of its process, if it has one. */
const backendFacts = (
  name: string,
  { backend, memoryMiB }: Pick<Service, "backend" | "memoryMiB">,
): Pick<
  ServiceFacts,
  "command" | "environment" | "jobs" | "trees" | "upstream" | "user" | "workers"
> => {
  const nothing = {
    command: [],
    environment: {},
    trees: [],
    jobs: [],
    workers: [],
  };
  if (backend === undefined || "upstream" in backend)
    return { ...nothing, upstream: backend?.upstream };
  const { command, environment, trees = [], beside = nothing } = backend;
  return {
    command,
    environment,
    trees,
    jobs: beside.jobs.map((job) => ({ memoryMiB, ...job })),
    workers: beside.workers.map((worker) => ({ memoryMiB, ...worker })),
    user: serviceUser(name),
  };
};

/** While a held service has its open connections end, its visitors wait. */
const DRAIN_SECONDS = { held: 2, usual: 10, streaming: 60 };
const handoverFacts = (
  { backend, data, streaming }: Service,
  port: number,
): ServiceFacts["handover"] => {
  if (backend === undefined || "upstream" in backend) return undefined;
  const way = backend.deploy ?? (data.length > 0 ? "held" : "side-by-side");
  const beside = streaming ? DRAIN_SECONDS.streaming : DRAIN_SECONDS.usual;
  return {
    way,
    port,
    drainSeconds: backend.drainSeconds ?? (way === "held" ? DRAIN_SECONDS.held : beside),
  };
};

const serviceFacts = (
  name: string,
  service: Service,
  ports: Ports | undefined,
  domain: string,
): ServiceFacts => ({
  name,
  kind: service.kind,
  port: ports?.own,
  host: service.host ?? `${name}.${domain}`,
  folder: service.sources?.folder,
  entry: service.sources?.entry,
  bundled: service.sources?.bundled ?? false,
  packages: service.packages,
  memoryMiB: service.memoryMiB,
  health: healthFacts(service.health),
  data: service.data.map((item) => dataFacts(name, item)),
  ...(service.quotaBytes === undefined ? {} : { quotaBytes: service.quotaBytes }),
  ...(service.push === undefined ? {} : { push: service.push }),
  streaming: service.streaming,
  ...(service.limits ? { limits: service.limits } : {}),
  maxBodyBytes: service.maxBodyBytes,
  ...(Object.keys(service.headers).length > 0 ? { headers: service.headers } : {}),
  ...(service.cacheSeconds === undefined ? {} : { cacheSeconds: service.cacheSeconds }),
  ...(service.snippet === undefined ? {} : { snippet: service.snippet }),
  ...backendFacts(name, service),
  ...(ports && { handover: handoverFacts(service, ports.spare) }),
});

const machineFacts = (
  role: Role,
  machine: Manifest["machines"][Role],
  domain: string,
  droplet: string = role,
): MachineFacts => ({
  role,
  name: role,
  droplet,
  host: `${role}.${domain}`,
  ...machine,
  monthlyUsd: SIZES[machine.size]!.monthlyUsd,
});

const deepFreeze = <T>(value: T): T => {
  if (typeof value === "object" && value && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
};

const backupFacts = ({ every, keep, live, quota }: Manifest["backups"]): FleetFacts["backups"] => ({
  everyMinutes: every / 60,
  keep,
  live,
  ...(quota === undefined ? {} : { quotaBytes: quota }),
});

/**
 * A checked manifest, checked settings and the names of the secrets that are set → the frozen facts
 * that everything downstream reads.
 */
export const factsOf = (manifest: Manifest, settings: Settings, stack: StackConfig): FleetFacts => {
  const { secrets } = stack;
  const ports = assignPorts(manifest.services);
  const offsite = offsiteFacts(settings);
  const primaries = primariesOf(settings.primaries);
  return deepFreeze({
    name: manifest.name,
    domain: settings.domain,
    email: settings.email,
    ttl: settings.ttl,
    primary: machineFacts(
      "primary",
      manifest.machines.primary,
      settings.domain,
      primaryName(primaries.active),
    ),
    primaries,
    watcher: machineFacts("watcher", manifest.machines.watcher, settings.domain),
    services: Object.entries(manifest.services).map(([name, service]) =>
      serviceFacts(name, service, ports.get(name), settings.domain),
    ),
    status: {
      host: `status.${settings.domain}`,
      port: STATUS_PORT,
      operator: secrets.includes(SECRETS.operatorPassword),
    },
    checks: {
      intervalSeconds: manifest.checks.every,
      timeoutSeconds: manifest.checks.timeout,
      failAfter: manifest.checks["fail-after"],
      passAfter: manifest.checks["pass-after"],
      rebootWithinSeconds: manifest.checks["reboot-within"],
      upgradeWithinSeconds: manifest.checks["upgrade-within"],
      also: manifest.checks.also,
    },
    watchdog: {
      intervalSeconds: manifest.watchdog.every,
      failAfter: manifest.watchdog["fail-after"],
      maxRestartsPerHour: manifest.watchdog["restarts-per-hour"],
    },
    upgrades: manifest.upgrades,
    alerts: alertFacts(manifest, settings, secrets),
    report: manifest.report,
    backups: backupFacts(manifest.backups),
    ...(offsite === undefined ? {} : { offsite }),
    ...(manifest.failover === undefined ? {} : { failover: failoverFacts(manifest.failover) }),
    stack,
    admin: {
      user: USERS.operator,
      authorizedKeys: settings["admin-keys"],
      allowFrom: settings["admin-from"] ?? ["0.0.0.0/0", "::/0"],
    },
  });
};
