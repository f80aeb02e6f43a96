import { calendarsOf } from "@second-server/contract/calendar";
import { FEW_CALLS, OWN_HARDENING, hardening } from "@second-server/contract/hardening";
import {
  UNITS,
  jobUnit,
  serviceUnit as serviceUnitName,
  standInUnit,
  waitingUnit,
  workerUnit,
} from "@second-server/contract/names";
import {
  PATHS,
  serviceDataFolder,
  treeFolder,
  unitPath,
  waitingMark,
} from "@second-server/contract/paths";
import type { MachineFile } from "@second-server/contract/release";

import type { FleetFacts, JobFacts, ServiceFacts, WorkerFacts } from "../config/fleet";
import { observatorySecrets } from "./alerts";
import { fill } from "./fill";

export const unitName = (service: ServiceFacts): string => serviceUnitName(service.name);
/** A service with a process of its own; static sites and proxies are nginx's. */
export const hasProcess = (service: ServiceFacts): boolean => service.user !== undefined;
export const dataFolder = (service: ServiceFacts): string => serviceDataFolder(service.name);

/** Where nothing is a database there is nothing to follow. */
export const hasLiveCopies = ({ backups, services }: FleetFacts): boolean =>
  backups.live && services.some(({ data }) => data.some(({ kind }) => kind === "sqlite"));

const filled = (service: ServiceFacts, word: string): string =>
  word.replaceAll("${PORT}", String(service.port)).replaceAll("${DATA_DIR}", dataFolder(service));
/** One word of a unit's command line; systemd would take $ for a variable of its own. */
const quoted = (word: string): string =>
  /^[\w@+=:,./-]+$/.test(word) ? word : `"${word.replace(/\$/g, () => "$$")}"`;

/** "./" before the program stands for the service's folder. */
const commandLine = (service: ServiceFacts, words: readonly string[]): string =>
  words
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
  SERVICES_FILE: PATHS.services,
  ...service.environment,
});

const INTERNET = ["AF_INET", "AF_INET6", "AF_UNIX"] as const;
/** Asks the kernel about interfaces and routes. */
const NETLINK = "AF_NETLINK";
const lines = (...parts: readonly (readonly string[])[]): string => parts.flat().join("\n");

/** What each process of a service finds around it. */
const surroundings = (service: ServiceFacts) => ({
  directory: service.folder ? treeFolder(service.name) : dataFolder(service),
  hardening: lines(hardening({ families: INTERNET })),
  environment: Object.entries(environment(service))
    .map(([name, value]) => `Environment="${name}=${value}"`)
    .join("\n"),
});

export const serviceUnit = (service: ServiceFacts): MachineFile => ({
  path: unitPath(unitName(service)),
  mode: 0o644,
  text: fill("systemd/service.service", {
    name: service.name,
    kind: service.kind,
    user: service.user!,
    memory: service.memoryMiB,
    command: commandLine(service, service.command),
    workers: service.workers.map(({ name }) => ` ${workerUnit(service.name, name)}`).join(""),
    ...surroundings(service),
  }),
});

const worker = (service: ServiceFacts, { name, command, memoryMiB }: WorkerFacts): MachineFile => ({
  path: unitPath(workerUnit(service.name, name)),
  mode: 0o644,
  text: fill("systemd/worker.service", {
    name: service.name,
    worker: name,
    unit: unitName(service),
    user: service.user!,
    memory: memoryMiB,
    command: commandLine(service, command),
    ...surroundings(service),
  }),
});

const job = (service: ServiceFacts, facts: JobFacts): readonly MachineFile[] => {
  const { name, command, memoryMiB, schedule, timeoutSeconds } = facts;
  const unit = jobUnit(service.name, name, "service");
  return [
    {
      path: unitPath(unit),
      mode: 0o644,
      text: fill("systemd/job.service", {
        name: service.name,
        job: name,
        unit,
        user: service.user!,
        memory: memoryMiB,
        timeout: timeoutSeconds,
        command: commandLine(service, command),
        ...surroundings(service),
      }),
    },
    {
      path: unitPath(jobUnit(service.name, name, "timer")),
      mode: 0o644,
      text: fill("systemd/job.timer", {
        name: service.name,
        job: name,
        unit,
        calendars: calendarsOf(schedule)
          .map((calendar) => `OnCalendar=${calendar}`)
          .join("\n"),
      }),
    },
  ];
};

/** A service's own unit, and those of its workers and jobs; none where nginx answers alone. */
export const unitsOf = (service: ServiceFacts): readonly MachineFile[] =>
  hasProcess(service)
    ? [
        serviceUnit(service),
        ...service.workers.map((one) => worker(service, one)),
        ...service.jobs.flatMap((one) => job(service, one)),
      ]
    : [];

/** Where there are jobs: what writes down how they end. */
export const jobOutcomeFiles = ({ services }: FleetFacts): readonly MachineFile[] =>
  services.some(({ jobs }) => jobs.length > 0)
    ? [{ path: PATHS.jobOutcome, mode: 0o755, text: fill("system/job-outcome", {}) }]
    : [];

/**
 * What takes a service's visitors while its own process restarts, and is no file of the release: it
 * lives for that time.
 */
export const standInUnits = (
  service: ServiceFacts,
): readonly { readonly name: string; readonly text: string }[] => {
  const { name, handover, port } = service;
  if (handover === undefined || port === undefined) return [];
  if (handover.way === "side-by-side")
    return [
      { name: standInUnit(name), text: serviceUnit({ ...service, port: handover.port }).text },
    ];
  return [
    {
      name: waitingUnit(name, "socket"),
      text: fill("systemd/waiting.socket", { name, port: handover.port }),
    },
    {
      name: waitingUnit(name, "service"),
      text: fill("systemd/waiting.service", {
        name,
        port,
        mark: waitingMark(name),
        hardening: lines(hardening({ families: [...INTERNET, NETLINK] })),
      }),
    },
  ];
};

/** Who is there: read by services that list or check the others. */
export const servicesFile = (fleet: FleetFacts): MachineFile => ({
  path: PATHS.services,
  mode: 0o644,
  text: `${JSON.stringify(
    fleet.services.map(({ name, kind, host, port, health }) => ({
      name,
      kind,
      public: `https://${host}${health.path}`,
      ...(port ? { local: `http://127.0.0.1:${port}${health.path}` } : {}),
      status: health.status,
    })),
    undefined,
    2,
  )}\n`,
});

export const watchdogUnit = (): MachineFile => ({
  path: unitPath(UNITS.watchdog),
  mode: 0o644,
  text: fill("systemd/fleet-watchdog.service", {
    hardening: lines(hardening({ families: [...INTERNET, NETLINK] }), OWN_HARDENING, [FEW_CALLS]),
  }),
});
/** Tells by mail, by other code than the Observatory's, that the Observatory died. */
export const monitorFailedFile = (): MachineFile => ({
  path: PATHS.monitorFailed,
  mode: 0o755,
  text: fill("system/monitor-failed", {}),
});
export const observatoryUnit = (fleet: FleetFacts): MachineFile => {
  const capabilities = fleet.checks.also.some(({ kind }) => kind === "icmp") ? "CAP_NET_RAW" : "";
  return {
    path: unitPath(UNITS.observatory),
    mode: 0o644,
    text: fill("systemd/observatory.service", {
      credentials: observatorySecrets(fleet)
        .map((name) => `LoadCredential=${name}:${PATHS.secrets}/${name}`)
        .join("\n"),
      capabilities,
      hardening: lines(
        hardening({ capabilities, families: [...INTERNET, NETLINK] }),
        OWN_HARDENING,
      ),
    }),
  };
};
