import type { Assembly } from "../assembly";

/** What an operator or a deploy may ask for, by a signed request or a signed link. */
export type Action =
  | { readonly action: "acknowledge"; readonly incident: number; readonly by: string }
  | { readonly action: "snooze"; readonly incident: number; readonly by: string; readonly minutes: number }
  | { readonly action: "maintenance"; readonly title: string; readonly services?: readonly string[]; readonly minutes: number }
  | { readonly action: "end-maintenance"; readonly title: string }
  | { readonly action: "report"; readonly force: boolean };

const week = 7 * 24 * 60;
const minutesOf = (value: unknown): number => (typeof value === "number" && value > 0 && value <= week ? value : NaN);

/** @returns what was done, for people. @throws when it can't be. */
export function act(assembly: Assembly, action: Exclude<Action, { action: "report" }>): string {
  const now = assembly.clock.now();
  switch (action.action) {
    case "acknowledge":
      if (!assembly.alerts.acknowledge(action.incident, action.by)) throw new Error(`incident ${action.incident} is not open`);
      return `incident ${action.incident} is acknowledged: no more reminders`;
    case "snooze": {
      const minutes = minutesOf(action.minutes);
      if (Number.isNaN(minutes)) throw new Error("snooze for 1 minute to 7 days");
      if (!assembly.alerts.snooze(action.incident, action.by, now + minutes * 60_000)) throw new Error(`incident ${action.incident} is not open`);
      return `incident ${action.incident} is snoozed for ${minutes} minutes`;
    }
    case "maintenance": {
      const minutes = minutesOf(action.minutes);
      if (Number.isNaN(minutes)) throw new Error("maintenance lasts 1 minute to 7 days");
      assembly.setWindows([...assembly.windows.filter(({ title }) => title !== action.title), { id: now, title: action.title, services: action.services, from: now, to: now + minutes * 60_000 }]);
      return `maintenance "${action.title}" for ${minutes} minutes`;
    }
    case "end-maintenance":
      assembly.setWindows(assembly.windows.filter(({ title }) => title !== action.title));
      return `maintenance "${action.title}" is over`;
    default: { const never: never = action; throw new Error(`no such action: ${JSON.stringify(never)}`); }
  }
}
