import type { Maintenance } from "@second-server/contract/observatory";

import type { Watched } from "./check-state";

/** Set by a running deploy, an upgrade or an operator. Times are milliseconds since the epoch. */
export interface Window {
  readonly id: number;
  readonly title: string;
  readonly services?: readonly string[];
  readonly from: number;
  readonly to: number;
  /** The primary's own announcement: it covers what is on the primary. Absent: the owner's. */
  readonly by?: "primary";
}

const MINUTE = 60_000;

/**
 * The last start at or before now of a weekly window, in the machine's own zone (so a summer-time
 * change keeps "03:00").
 */
const weekly = (
  {
    days,
    at,
    minutes,
  }: { readonly days: readonly number[]; readonly at: string; readonly minutes: number },
  now: number,
): readonly [number, number] | undefined => {
  const [hours = 0, mins = 0] = at.split(":").map(Number);
  for (let back = 0; back <= 7; back += 1) {
    const day = new Date(now);
    day.setDate(day.getDate() - back);
    day.setHours(hours, mins, 0, 0);
    const from = day.getTime();
    if (days.includes(day.getDay()) && from <= now)
      return now < from + minutes * MINUTE ? [from, from + minutes * MINUTE] : undefined;
  }
  return undefined;
};

/** The planned window that runs now, as one with times. */
const current = (plan: Maintenance, now: number): Window | undefined => {
  const span =
    "weekly" in plan
      ? weekly(plan.weekly, now)
      : ([Date.parse(plan.from), Date.parse(plan.to)] as const);
  return span === undefined || now < span[0] || now >= span[1]
    ? undefined
    : {
        id: 0,
        title: plan.title,
        services: plan.services,
        from: span[0],
        to: span[1],
      };
};

export const active = (
  plans: readonly Maintenance[],
  set: readonly Window[],
  now: number,
): readonly Window[] => {
  const planned = plans.map((plan) => current(plan, now)).filter((window) => window !== undefined);
  return [...planned, ...set.filter(({ from, to }) => from <= now && now < to)];
};

/** A window without services covers everything; of the primary's, everything on the primary. */
export const covering = (
  windows: readonly Window[],
  { service, machine }: Pick<Watched, "service" | "machine">,
): Window | undefined =>
  windows.find(
    ({ services, by }) =>
      (by === undefined || by === machine) &&
      (services === undefined ||
        services.length === 0 ||
        (service !== undefined && services.includes(service))),
  );
