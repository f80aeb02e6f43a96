import type { Role } from "./roles";

/**
 * What the checks of the fleet's own layers are called; those of services have the services' names.
 */
export const CHECKS = {
  primary: "primary",
  dns: "dns",
  nginx: "nginx",
  certificate: "certificate",
  statusCertificate: "status-certificate",
  backup: "backup",
  repository: "repository",
  history: "history",
  live: "live-copies",
  offsite: "offsite",
  watcher: "watcher",
  failover: "failover",
} as const;

export const hostCheck = (machine: Role): string => `${machine}/host`;
export const rebootCheck = (machine: Role): string => `${machine}/reboot`;
export const upgradeCheck = (machine: Role): string => `${machine}/upgrades`;
export const clockCheck = (machine: Role): string => `${machine}/clock`;
export const renewalCheck = (machine: Role): string => `${machine}/renewal`;
export const copyCheck = (service: string): string => `copy/${service}`;
export const unitCheck = (machine: Role, unit: string): string => `${machine}/${unit}`;
