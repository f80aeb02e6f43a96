import { checkState, watchedChecks } from "../alerts/alert-state";
import type { Alerting } from "../alerts/alerting";
import { covering } from "../alerts/maintenance";
import type { View } from "../view/view";
import type { MaintenanceWindows } from "./maintenance-windows";

/** What an operator or a deploy may ask for, by a signed request, a signed link or the operator's page. */
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
  | { readonly action: "end-maintenance"; readonly title: string };

export interface Actions {
  /** @returns what was done, for people. @throws when it can't be. */
  act(action: Action): string;
}

export interface ActionsDeps {
  readonly alerting: Alerting;
  readonly windows: MaintenanceWindows;
  /** Has a check run now. */
  readonly hurry: (check: string) => void;
  readonly view: View;
}

const MINUTE_MS = 60_000;
const WEEK_MINUTES = 7 * 24 * 60;

/** @throws with what was asked for. */
const milliseconds = (minutes: unknown, what: string): number => {
  if (typeof minutes !== "number" || !(minutes > 0 && minutes <= WEEK_MINUTES))
    throw new Error(`${what} 1 minute to 7 days`);
  return minutes * MINUTE_MS;
};

const ensureOpen = (view: View, incident: number): void => {
  if (!view.alerts().open.has(incident)) throw new Error(`incident ${incident} is not open`);
};

const acknowledge = ({ alerting, view }: ActionsDeps, incident: number, by: string): string => {
  ensureOpen(view, incident);
  alerting.happened({ kind: "acknowledge", incident, by });
  return `incident ${incident} is acknowledged: no more reminders`;
};

const snooze = (
  { alerting, view }: ActionsDeps,
  { incident, by, minutes }: Extract<Action, { action: "snooze" }>,
): string => {
  const ms = milliseconds(minutes, "snooze for");
  ensureOpen(view, incident);
  alerting.happened({ kind: "snooze", incident, by, until: view.now() + ms });
  return `incident ${incident} is snoozed for ${minutes} minutes`;
};

const beginMaintenance = (
  { windows, view }: ActionsDeps,
  { title, services, minutes }: Extract<Action, { action: "maintenance" }>,
): string => {
  const now = view.now();
  const to = now + milliseconds(minutes, "maintenance lasts");
  const others = windows.set().filter((window) => window.title !== title);
  windows.replace(
    [
      ...others,
      {
        id: now,
        title,
        services,
        from: now,
        to,
      },
    ],
    now,
  );
  return `maintenance "${title}" for ${minutes} minutes`;
};

/** What failed within the window has to pass again before it counts as mended: it is looked at now, and until then the window stays open, or its end would be an alert. */
const endMaintenance = ({ windows, hurry, view }: ActionsDeps, title: string): string => {
  const window = windows.set().find((one) => one.title === title);
  if (window === undefined) throw new Error(`there is no maintenance "${title}"`);
  const others = windows.set().filter((one) => one !== window);
  const state = view.alerts();
  const recovering = watchedChecks(state).filter(({ id, service }) => {
    const { firing, lastOk } = checkState(state, id);
    return covering([window], service) !== undefined && (firing || lastOk === false);
  });
  for (const { id } of recovering) hurry(id);
  if (recovering.length === 0) {
    windows.replace(others, view.now());
    return `maintenance "${title}" is over`;
  }
  const { passAfter, intervalSeconds, timeoutSeconds } = view.config();
  const seconds = (passAfter + 1) * intervalSeconds + timeoutSeconds;
  const to = Math.min(window.to, view.now() + seconds * 1000);
  windows.replace([...others, { ...window, to }], view.now());
  return `maintenance "${title}" is over in ${seconds} s: what failed meanwhile gets that long to pass again`;
};

export const createActions = (deps: ActionsDeps): Actions => ({
  act: (action) => {
    switch (action.action) {
      case "acknowledge":
        return acknowledge(deps, action.incident, action.by);
      case "snooze":
        return snooze(deps, action);
      case "maintenance":
        return beginMaintenance(deps, action);
      case "end-maintenance":
        return endMaintenance(deps, action.title);
      default: {
        const never: never = action;
        throw new Error(`no such action: ${JSON.stringify(never)}`);
      }
    }
  },
});
