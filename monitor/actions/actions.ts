import type { FailoverMode } from "@second-server/contract/failover";

import { checkState, watchedChecks } from "../alerts/alert-state";
import type { Alerting } from "../alerts/alerting";
import { covering, type Window } from "../alerts/maintenance";
import type { Failover } from "../failover/failover";
import type { View } from "../view/view";
import { type Announcements, Denied } from "./announcements";
import type { MaintenanceWindows } from "./maintenance-windows";

/**
 * What an operator or a deploy may ask for, by a signed request, a signed link or the operator's
 * page.
 */
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
  | { readonly action: "failover"; readonly wish: FailoverMode | "hand-back" };

/** Whose key or login it was asked with: that decides what may be asked for. */
export type Signer = "owner" | "primary";

export interface Actions {
  /**
   * @returns what was done, for people. @throws when it can't be, Denied when the asker may not.
   */
  act(action: Action, by?: Signer): string;
}

export interface ActionsDeps {
  readonly alerting: Alerting;
  readonly windows: MaintenanceWindows;
  readonly announcements: Announcements;
  /** Has a check run now. */
  readonly hurry: (check: string) => void;
  readonly view: View;
  readonly failover?: Pick<Failover, "ask">;
}

const MINUTE_MS = 60_000;
export const WEEK_MINUTES = 7 * 24 * 60;

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
  { windows, announcements, view }: ActionsDeps,
  { title, services, minutes }: Extract<Action, { action: "maintenance" }>,
  by: Window["by"],
): string => {
  const from = view.now();
  const to = from + milliseconds(minutes, "maintenance lasts");
  if (by !== undefined) announcements.begin({ title, services, from, to });
  // Each side's windows are its own: the primary can't change the owner's by using its title.
  const others = windows.set().filter((one) => one.title !== title || one.by !== by);
  const window: Window = {
    id: from,
    title,
    services,
    from,
    to,
    by,
  };
  windows.replace([...others, window], from);
  return `maintenance "${title}" for ${minutes} minutes`;
};

/**
 * What failed within the window has to pass again before it counts as mended: it is looked at now,
 * and until then the window stays open, or its end would be an alert.
 */
const endMaintenance = (
  { windows, announcements, hurry, view }: ActionsDeps,
  title: string,
  by: Window["by"],
): string => {
  const window = windows
    .set()
    .find((one) => one.title === title && (by === undefined || one.by === by));
  if (window === undefined) throw new Error(`there is no maintenance "${title}"`);
  const shorten = (to: number): void => {
    if (window.by !== undefined) announcements.end(title, to);
  };
  const others = windows.set().filter((one) => one !== window);
  const state = view.alerts();
  const recovering = watchedChecks(state).filter((watched) => {
    const { firing, lastOk } = checkState(state, watched.id);
    return covering([window], watched) !== undefined && (firing || lastOk === false);
  });
  for (const { id } of recovering) hurry(id);
  if (recovering.length === 0) {
    windows.replace(others, view.now());
    shorten(view.now());
    return `maintenance "${title}" is over`;
  }
  const { passAfter, intervalSeconds, timeoutSeconds } = view.config();
  const seconds = (passAfter + 1) * intervalSeconds + timeoutSeconds;
  const to = Math.min(window.to, view.now() + seconds * 1000);
  windows.replace([...others, { ...window, to }], view.now());
  shorten(to);
  return `maintenance "${title}" is over in ${seconds} s: what failed meanwhile gets that long to pass again`;
};

/** Within the limits of its announcements, and its own windows alone. */
const PRIMARY_MAY: ReadonlySet<string> = new Set<Action["action"]>([
  "maintenance",
  "end-maintenance",
]);

export const createActions = (deps: ActionsDeps): Actions => ({
  act: (action, signer = "owner") => {
    const by = signer === "owner" ? undefined : signer;
    if (by !== undefined && !PRIMARY_MAY.has(action.action))
      throw new Denied(
        `the primary's key does not allow "${action.action}"; it needs the owner: ./fleet on the owner's machine, or the link in a mail`,
      );
    switch (action.action) {
      case "acknowledge":
        return acknowledge(deps, action.incident, action.by);
      case "snooze":
        return snooze(deps, action);
      case "maintenance":
        return beginMaintenance(deps, action, by);
      case "end-maintenance":
        return endMaintenance(deps, action.title, by);
      case "failover":
        if (deps.failover === undefined)
          throw new Error("this fleet has no failover: add the key failover to fleet.yaml");
        return deps.failover.ask(action.wish);
      default: {
        const never: never = action;
        throw new Error(`no such action: ${JSON.stringify(never)}`);
      }
    }
  },
});
