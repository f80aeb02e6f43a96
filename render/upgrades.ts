import { FEW_CALLS, NO_NETWORK, OWN_HARDENING, hardening } from "@second-server/contract/hardening";
import { UNITS } from "@second-server/contract/names";
import { PATHS, unitPath } from "@second-server/contract/paths";
import type { MachineFile } from "@second-server/contract/release";
import type { Role } from "@second-server/contract/roles";

import type { FleetFacts, ServiceFacts } from "../config/fleet";
import { fill } from "./fill";
import { hasProcess, unitName } from "./units";

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"] as const;
const DAY_MINUTES = 1440;
/** Without a window somebody starts it by hand, and waits. */
const HAND_SECONDS = 900;

/** It asks systemd to do what has to be done. */
const quietWork = (capabilities = ""): string =>
  [
    ...hardening({ capabilities, families: ["AF_UNIX"] }),
    ...OWN_HARDENING,
    ...NO_NETWORK,
    FEW_CALLS,
  ].join("\n");

type Window = NonNullable<FleetFacts["upgrades"]["window"]>;

/** systemd's calendar: the primary's half begins the window, the watcher's ends it. */
export const calendarOf = ({ days, at, minutes }: Window, role: Role): string => {
  const [hour = 0, minute = 0] = at.split(":").map(Number);
  const begins = hour * 60 + minute + (role === "watcher" ? Math.floor(minutes / 2) : 0);
  const later = begins >= DAY_MINUTES ? 1 : 0;
  const names = days.map((day) => DAYS[(day + later) % DAYS.length]);
  const two = (value: number): string => String(value).padStart(2, "0");
  const time = begins % DAY_MINUTES;
  return `OnCalendar=${names.join(",")} *-*-* ${two(Math.floor(time / 60))}:${two(time % 60)}:00 UTC`;
};

const script = (path: string, text: string): MachineFile => ({ path, mode: 0o755, text });
const plain = (path: string, text: string): MachineFile => ({ path, mode: 0o644, text });

/** What holds one of these is at work: a release, a restore, a backup, its copy. */
const LOCKS: Readonly<Record<Role, readonly string[]>> = {
  primary: [PATHS.agentLock, PATHS.readLock],
  watcher: [PATHS.agentLock, PATHS.backupLock, PATHS.repositoryLock, PATHS.offsiteLock],
};

const renewals = (services: readonly ServiceFacts[]): readonly MachineFile[] => [
  script(`${PATHS.needrestartScripts}/${UNITS.nginx}`, fill("system/renew-nginx", {})),
  ...services
    .filter(hasProcess)
    .map((service) =>
      script(
        `${PATHS.needrestartScripts}/${unitName(service)}`,
        fill("system/renew-service", { service: service.name }),
      ),
    ),
];

/** Who moves the services' names is at work as well. */
const NAMES_MOVE = "$nrconf{override_rc}->{qr(^failover\\.service$)} = 0;";

const renewServices = (): readonly MachineFile[] => [
  script(PATHS.renewServices, fill("system/renew-services", {})),
  plain(
    unitPath(UNITS.renewServices),
    fill("systemd/renew-services.service", {
      hardening: quietWork(),
    }),
  ),
];

const outcome = (): readonly MachineFile[] => [
  script(PATHS.upgradeOutcome, fill("system/upgrade-outcome", {})),
  plain(
    unitPath(UNITS.upgradeOutcome),
    fill("systemd/upgrade-outcome.service", { hardening: quietWork() }),
  ),
  // Before the drop-in that ends what was announced.
  plain(unitPath(`${UNITS.upgrades}.d/10-outcome.conf`), fill("systemd/upgrades-outcome.conf", {})),
];

/** Long answers are cut off by a restart: those services wait, where there is a window to wait for. */
const waitingForWindow = (services: readonly ServiceFacts[], window: Window | undefined): string =>
  window === undefined
    ? "# Streaming services do not wait: fleet.yaml names no window."
    : services
        .filter((service) => hasProcess(service) && service.streaming)
        .map(
          (service) =>
            `$nrconf{override_rc}->{qr(^${unitName(service).replaceAll(".", "\\.")}$)} = $ENV{FLEET_WINDOW} ? 1 : 0;`,
        )
        .join("\n");

const reboot = ({ upgrades: { window } }: FleetFacts, role: Role): readonly MachineFile[] => [
  script(
    PATHS.upgradeReboot,
    fill("system/upgrade-reboot", {
      title: `a reboot of the ${role}, for its upgrades`,
      settings: role === "primary" ? PATHS.watchdogSettings : PATHS.observatorySettings,
      locks: LOCKS[role].join(" "),
    }),
  ),
  plain(
    unitPath(UNITS.upgradeReboot),
    fill("systemd/upgrade-reboot.service", {
      seconds: window === undefined ? HAND_SECONDS : Math.floor(window.minutes / 2) * 60,
      // A lock may lie in a folder of another user's.
      hardening: quietWork("CAP_DAC_READ_SEARCH"),
    }),
  ),
  ...(window === undefined
    ? []
    : [
        plain(
          unitPath(UNITS.upgradeRebootTimer),
          fill("systemd/upgrade-reboot.timer", { calendars: calendarOf(window, role) }),
        ),
      ]),
];

/** What upgrades that install themselves lead to: restarts, reboots, and what is told of them. */
export const upgradeFiles = (fleet: FleetFacts, role: Role): readonly MachineFile[] => {
  const services = role === "primary" ? fleet.services : [];
  return [
    plain(
      PATHS.needrestart,
      fill("system/needrestart.conf", {
        more: [
          waitingForWindow(services, fleet.upgrades.window),
          ...(fleet.failover === undefined || role === "primary" ? [] : [NAMES_MOVE]),
        ].join("\n"),
      }),
    ),
    ...renewals(services),
    ...(role === "primary" ? renewServices() : []),
    ...outcome(),
    ...reboot(fleet, role),
  ];
};
