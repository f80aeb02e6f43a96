import type { MachineFile } from "@second-server/contract/release";

import type { FleetFacts } from "../config/fleet";
import { fill } from "./fill";

export const sshdText = (): string => fill("ssh/10-fleet.conf", { users: "fleet peer" });

/** What both machines have, whatever they do. */
export const systemFiles = (): MachineFile[] => [
  { path: "/etc/ssh/sshd_config.d/10-fleet.conf", mode: 0o644, text: sshdText() },
  {
    path: "/etc/systemd/journald.conf.d/fleet.conf",
    mode: 0o644,
    text: fill("system/journald.conf", {}),
  },
  {
    path: "/etc/apt/apt.conf.d/20auto-upgrades",
    mode: 0o644,
    text: fill("system/20auto-upgrades", {}),
  },
  {
    path: "/etc/letsencrypt/renewal-hooks/deploy/reload-nginx",
    mode: 0o755,
    text: fill("system/reload-nginx", {}),
  },
];

/** The primary's alone: while the watcher is brought up to date, what fails on the primary still has to be told. */
export const announcedUpgrades = (): MachineFile => ({
  path: "/etc/systemd/system/apt-daily-upgrade.service.d/fleet.conf",
  mode: 0o644,
  text: fill("systemd/upgrades-announced.conf", {}),
});

/** cron's five fields for "every so many minutes", a divisor of an hour, or whole hours that divide a day; hours begin at :07, when fewer others ask. */
export const cronSchedule = (everyMinutes: number): string => {
  if (everyMinutes < 60) return `*/${everyMinutes} * * * *`;
  if (everyMinutes === 1440) return "7 3 * * *";
  return everyMinutes === 60 ? "7 * * * *" : `7 */${everyMinutes / 60} * * *`;
};

export const backupCron = (fleet: FleetFacts): MachineFile => ({
  path: "/etc/cron.d/fleet-backup",
  mode: 0o644,
  text: fill("cron/fleet-backup", { schedule: cronSchedule(fleet.backups.everyMinutes) }),
});

/** What the agent keeps of the pulled backups. */
export const backupPolicy = (fleet: FleetFacts): MachineFile => ({
  path: "/etc/fleet/backup.json",
  mode: 0o644,
  text: `${JSON.stringify({ keep: fleet.backups.keep, everyMinutes: fleet.backups.everyMinutes }, null, 2)}\n`,
});
