import type { MachineFile } from "@second-server/contract/release";
import type { Role } from "@second-server/contract/roles";

import type { FleetFacts } from "../config/fleet";
import { failoverFiles } from "./failover";
import { observatoryFile, watchdogFile } from "./monitor";
import { nginxFiles } from "./nginx";
import { pushFiles, takesPushes } from "./push";
import {
  announcedUpgrades,
  backupCron,
  backupPolicy,
  liveUnits,
  pullUnit,
  systemFiles,
} from "./system";
import {
  jobOutcomeFiles,
  monitorFailedFile,
  observatoryUnit,
  servicesFile,
  unitsOf,
  watchdogUnit,
} from "./units";
import { upgradeFiles } from "./upgrades";

export const renderPrimary = (fleet: FleetFacts): readonly MachineFile[] => [
  ...systemFiles("primary", takesPushes(fleet)),
  ...pushFiles(fleet),
  ...upgradeFiles(fleet, "primary"),
  ...nginxFiles(fleet, "primary"),
  ...fleet.services.flatMap(unitsOf),
  ...jobOutcomeFiles(fleet),
  servicesFile(fleet),
  watchdogUnit(),
  watchdogFile(fleet),
  announcedUpgrades(),
];

export const renderWatcher = (fleet: FleetFacts): readonly MachineFile[] => [
  ...systemFiles("watcher"),
  ...upgradeFiles(fleet, "watcher"),
  ...nginxFiles(fleet, "watcher"),
  observatoryUnit(fleet),
  monitorFailedFile(),
  observatoryFile(fleet),
  backupCron(fleet),
  backupPolicy(fleet),
  pullUnit(),
  ...liveUnits(fleet),
  ...failoverFiles(fleet),
];

/** Every file of a machine that a release brings. */
export const renderMachine = (fleet: FleetFacts, role: Role): readonly MachineFile[] =>
  role === "primary" ? renderPrimary(fleet) : renderWatcher(fleet);
