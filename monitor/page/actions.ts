import { checkState, watchedChecks } from "../alerts/alert-state";
import { covering } from "../alerts/maintenance";
import type { Assembly } from "../assembly";

/** What an operator or a deploy may ask for, by a signed request or a signed link. */
export type Action =
  | { readonly action: "acknowledge"; readonly incident: number; readonly by: string }
  | {
      readonly action: "snooze";
      readonly incident: number;
      readonly by: string;
      readonly minutes: number;
    }
  | {
      readonly action: "maintenance";
      readonly title: string;
      readonly services?: readonly string[];
      readonly minutes: number;
    }
  | { readonly action: "end-maintenance"; readonly title: string }
  | { readonly action: "report"; readonly force: boolean };

const WEEK = 7 * 24 * 60;
const minutesOf = (value: unknown): number =>
  typeof value === "number" && value > 0 && value <= WEEK ? value : NaN;

/** What failed within the window has to pass again before it counts as mended: it is looked at now, and until then the window stays open, or its end would be an alert. */
const endMaintenance = (assembly: Assembly, title: string): string => {
  const { alerts, clock, config, windows } = assembly;
  const window = windows.find((one) => one.title === title);
  if (window === undefined) throw new Error(`there is no maintenance "${title}"`);
  const others = windows.filter((one) => one !== window);
  const state = alerts.state();
  const unwell = (id: string): boolean =>
    checkState(state, id).firing || checkState(state, id).lastOk === false;
  const recovering = watchedChecks(state).filter(
    ({ id, service }) => covering([window], service) !== undefined && unwell(id),
  );
  for (const { id } of recovering) assembly.schedule.hurry(id);
  if (recovering.length === 0) {
    assembly.setWindows(others);
    return `maintenance "${title}" is over`;
  }
  const seconds = (config.passAfter + 1) * config.intervalSeconds + config.timeoutSeconds;
  assembly.setWindows([
    ...others,
    { ...window, to: Math.min(window.to, clock.now() + seconds * 1000) },
  ]);
  return `maintenance "${title}" is over in ${seconds} s: what failed meanwhile gets that long to pass again`;
};

const ensureOpen = ({ alerts }: Assembly, incident: number): void => {
  if (!alerts.state().open.has(incident)) throw new Error(`incident ${incident} is not open`);
};

/** @returns what was done, for people. @throws when it can't be. */
export const act = (assembly: Assembly, action: Exclude<Action, { action: "report" }>): string => {
  const now = assembly.clock.now();
  switch (action.action) {
    case "acknowledge":
      ensureOpen(assembly, action.incident);
      assembly.alerts.happened({ kind: "acknowledge", incident: action.incident, by: action.by });
      return `incident ${action.incident} is acknowledged: no more reminders`;
    case "snooze": {
      const minutes = minutesOf(action.minutes);
      if (Number.isNaN(minutes)) throw new Error("snooze for 1 minute to 7 days");
      ensureOpen(assembly, action.incident);
      assembly.alerts.happened({
        kind: "snooze",
        incident: action.incident,
        by: action.by,
        until: now + minutes * 60_000,
      });
      return `incident ${action.incident} is snoozed for ${minutes} minutes`;
    }
    case "maintenance": {
      const minutes = minutesOf(action.minutes);
      if (Number.isNaN(minutes)) throw new Error("maintenance lasts 1 minute to 7 days");
      assembly.setWindows([
        ...assembly.windows.filter(({ title }) => title !== action.title),
        {
          id: now,
          title: action.title,
          services: action.services,
          from: now,
          to: now + minutes * 60_000,
        },
      ]);
      return `maintenance "${action.title}" for ${minutes} minutes`;
    }
    case "end-maintenance":
      return endMaintenance(assembly, action.title);
    default: {
      const never: never = action;
      throw new Error(`no such action: ${JSON.stringify(never)}`);
    }
  }
};
