import type { MachineFile } from "@second-server/contract/release";

import type { FleetFacts, ServiceFacts } from "../config/fleet";
import { ROOT_SECRETS, observatorySecrets } from "./alerts";
import { fill } from "./fill";

export const unitName = (service: ServiceFacts): string => `fleet-${service.name}.service`;
/** A service with a process of its own; static sites and proxies are nginx's. */
export const hasProcess = (service: ServiceFacts): boolean => service.user !== undefined;
export const dataFolder = (service: ServiceFacts): string => `/var/lib/fleet/${service.name}`;
export const treeFolder = (name: string): string => `/opt/fleet/trees/${name}/current`;

const filled = (service: ServiceFacts, word: string): string =>
  word.replaceAll("${PORT}", String(service.port)).replaceAll("${DATA_DIR}", dataFolder(service));
/** One word of a unit's command line; systemd would take $ for a variable of its own. */
const quoted = (word: string): string =>
  /^[\w@+=:,./-]+$/.test(word) ? word : `"${word.replace(/\$/g, () => "$$")}"`;

/** "./" before the program stands for the service's folder. */
const command = (service: ServiceFacts): string =>
  service.command
    .map((word, index) =>
      index === 0 ? word.replace(/^\.\//, `${treeFolder(service.name)}/`) : word,
    )
    .map((word) => quoted(filled(service, word)))
    .join(" ");

const environment = (service: ServiceFacts): Record<string, string> => ({
  PORT: String(service.port),
  HOST: "127.0.0.1",
  DATA_DIR: dataFolder(service),
  PUBLIC_URL: `https://${service.host}`,
  SERVICES_FILE: "/etc/fleet/services.json",
  ...service.environment,
});

export const serviceUnit = (service: ServiceFacts): MachineFile => ({
  path: `/etc/systemd/system/${unitName(service)}`,
  mode: 0o644,
  text: fill("systemd/service.service", {
    name: service.name,
    kind: service.kind,
    user: service.user!,
    memory: service.memoryMiB,
    command: command(service),
    directory: service.folder ? treeFolder(service.name) : dataFolder(service),
    environment: Object.entries(environment(service))
      .map(([name, value]) => `Environment="${name}=${value}"`)
      .join("\n"),
  }),
});

/** Who is there: read by services that list or check the others. */
export const servicesFile = (fleet: FleetFacts): MachineFile => ({
  path: "/etc/fleet/services.json",
  mode: 0o644,
  text: `${JSON.stringify(
    fleet.services.map(({ name, kind, host, port, health }) => ({
      name,
      kind,
      public: `https://${host}${health.path}`,
      ...(port ? { local: `http://127.0.0.1:${port}${health.path}` } : {}),
      status: health.status,
    })),
    null,
    2,
  )}\n`,
});

export const watchdogUnit = (): MachineFile => ({
  path: "/etc/systemd/system/fleet-watchdog.service",
  mode: 0o644,
  text: fill("systemd/fleet-watchdog.service", {}),
});
/** Tells by mail, by other code than the Observatory's, that the Observatory died. */
export const monitorFailedFile = (): MachineFile => ({
  path: "/etc/fleet/monitor-failed",
  mode: 0o755,
  text: fill("system/monitor-failed", {}),
});
export const observatoryUnit = (fleet: FleetFacts): MachineFile => ({
  path: "/etc/systemd/system/observatory.service",
  mode: 0o644,
  text: fill("systemd/observatory.service", {
    credentials: observatorySecrets(fleet)
      .map((name) => `LoadCredential=${name}:${ROOT_SECRETS}/${name}`)
      .join("\n"),
    capabilities: fleet.checks.also.some(({ kind }) => kind === "icmp") ? "CAP_NET_RAW" : "",
  }),
});
