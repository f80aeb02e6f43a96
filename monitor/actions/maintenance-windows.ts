import type { Maintenance } from "@second-server/contract/observatory";

import { active, type Window } from "../alerts/maintenance";

/**
 * Maintenance set while the monitor runs, by a deploy, an upgrade or an operator, beside what the
 * configuration plans.
 */
export interface MaintenanceWindows {
  /** Those that were set and have not ended. */
  set(): readonly Window[];
  /** Those that are open at this moment, planned ones among them. */
  active(now: number): readonly Window[];
  /** These instead of those that were set; ended ones are dropped on the way. */
  replace(windows: readonly Window[], now: number): void;
}

export const createMaintenanceWindows = (
  planned: () => readonly Maintenance[],
  keep: (windows: readonly Window[]) => void,
  before: readonly Window[],
): MaintenanceWindows => {
  let windows = before;
  return {
    set: () => windows,
    active: (now) => active(planned(), windows, now),
    replace: (next, now) => {
      windows = next.filter(({ to }) => to > now);
      keep(windows);
    },
  };
};
