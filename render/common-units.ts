import { UNITS } from "@second-server/contract/names";
import { DEBIAN_PATHS, PATHS } from "@second-server/contract/paths";
import type { ReleaseUnit } from "@second-server/contract/release";

import type { FleetFacts } from "../config/fleet";

export const daemon = (name: string, restartOn: readonly string[]): ReleaseUnit => ({
  name,
  restartOn,
  onChange: "restart",
  enable: true,
});
// The final slash stands for every file below it.
const NGINX: ReleaseUnit = {
  name: UNITS.nginx,
  restartOn: [`${DEBIAN_PATHS.nginx}/`],
  onChange: "reload",
  enable: true,
};
export const COMMON_UNITS: readonly ReleaseUnit[] = [
  daemon(UNITS.clientLimits, [PATHS.clientLimits]),
  NGINX,
  // Both are read by everybody at a boot: only a change asks for more.
  {
    name: UNITS.hostSettings,
    restartOn: [PATHS.sysctl, PATHS.resolved],
    onChange: "restart",
    enable: false,
  },
  daemon(UNITS.swap, []),
  daemon(UNITS.timeSync, []),
  { name: UNITS.logSizes, restartOn: [], onChange: "none", enable: false },
  { name: UNITS.logSizesTimer, restartOn: [], onChange: "none", enable: true },
  { name: UNITS.certbot, restartOn: [], onChange: "none", enable: true },
  { name: UNITS.renewalTrial, restartOn: [], onChange: "none", enable: true },
  // Started by its timer alone.
  { name: UNITS.renewalTrialRun, restartOn: [], onChange: "none", enable: false },
  {
    name: UNITS.ssh,
    restartOn: [PATHS.sshdSettings, PATHS.sshdAlgorithms],
    onChange: "reload",
    enable: true,
  },
  {
    name: UNITS.journald,
    restartOn: [PATHS.journaldSettings],
    onChange: "restart",
    enable: false,
  },
];
const byOthers = (name: string): ReleaseUnit => ({
  name,
  restartOn: [],
  onChange: "none",
  enable: false,
});
/** Started by needrestart. */
export const RENEW_UNIT = byOthers(UNITS.renewServices);
/** Started by its timer, where fleet.yaml has a window, or by hand. */
export const rebootUnits = ({ upgrades: { window } }: FleetFacts): readonly ReleaseUnit[] => [
  byOthers(UNITS.upgradeOutcome),
  byOthers(UNITS.upgradeReboot),
  ...(window === undefined
    ? []
    : [
        {
          name: UNITS.upgradeRebootTimer,
          restartOn: [],
          onChange: "none",
          enable: true,
        } as const,
      ]),
];
/** Started by an order, and by its timer. */
export const FAILOVER_UNITS: readonly ReleaseUnit[] = [
  { name: UNITS.failover, restartOn: [], onChange: "none", enable: false },
  daemon(UNITS.failoverPath, []),
  daemon(UNITS.failoverTimer, []),
];
