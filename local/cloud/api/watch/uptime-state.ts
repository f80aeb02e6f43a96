import type {
  UptimeAlertRecord,
  UptimeCheckRecord,
  UptimeStateRecord,
} from "../../records/monitoring";
import type { ProbeResult } from "./probe";

const iso = (date: Date): string => date.toISOString().replace(/\.\d+Z$/, "Z");
const SHOWN_DAYS = 30;

const countDay = (
  days: UptimeStateRecord["days"],
  up: boolean,
  now: Date,
): UptimeStateRecord["days"] => {
  const day = iso(now).slice(0, 10);
  const last = days.at(-1);
  const today = last?.day === day ? last : { day, up: 0, total: 0 };
  return [
    ...days.filter((one) => one !== today),
    { day, up: today.up + Number(up), total: today.total + 1 },
  ].slice(-SHOWN_DAYS);
};

/** A check's state after one more probe. */
export const nextState = (
  was: UptimeStateRecord | undefined,
  { up, cause, milliseconds, certificateUntil }: ProbeResult,
  now: Date,
): UptimeStateRecord => {
  const status = up ? "UP" : "DOWN";
  const turned = was?.status !== status;
  return {
    status,
    cause,
    milliseconds: up ? milliseconds : null,
    certificate_until: certificateUntil ?? was?.certificate_until ?? null,
    since: turned ? iso(now) : was.since,
    outage:
      turned && up && was ? { started_at: was.since, ended_at: iso(now) } : (was?.outage ?? null),
    days: countDay(was?.days ?? [], up, now),
  };
};

export const uptimePercentage = ({ days }: UptimeStateRecord): number => {
  const [up, total] = days.reduce(
    ([ups, totals], day) => [ups + day.up, totals + day.total],
    [0, 0],
  );
  return total === 0 ? 0 : Math.round((10_000 * up) / total) / 100;
};

const DAY = 24 * 3_600_000;
const compare = (
  value: number,
  { comparison, threshold = 0 }: UptimeAlertRecord,
  otherwise: "greater_than" | "less_than",
): boolean =>
  (comparison || otherwise) === "greater_than" ? value > threshold : value < threshold;

/** Whether what the alert is about is so right now. */
const holds = (alert: UptimeAlertRecord, state: UptimeStateRecord, now: Date): boolean => {
  switch (alert.type) {
    case "down":
    case "down_global":
      return state.status === "DOWN";
    case "latency":
      return state.milliseconds !== null && compare(state.milliseconds, alert, "greater_than");
    case "ssl_expiry":
      return (
        state.certificate_until !== null &&
        compare((Date.parse(state.certificate_until) - now.getTime()) / DAY, alert, "less_than")
      );
    default:
      return false;
  }
};

const periods: Readonly<Record<string, number>> = {
  "2m": 120,
  "3m": 180,
  "5m": 300,
  "10m": 600,
  "15m": 900,
  "30m": 1800,
  "1h": 3600,
};
const patience = (alert: UptimeAlertRecord): number =>
  alert.type === "ssl_expiry" ? 0 : (periods[alert.period ?? "2m"] ?? 120);

/** An alert of which nothing has been seen yet. */
export const asNew = ({
  held_since: _,
  triggered: __,
  ...rule
}: UptimeAlertRecord): UptimeAlertRecord => rule;

export interface AlertStep {
  readonly alert: UptimeAlertRecord;
  /** What there is to tell. */
  readonly turn?: "triggered" | "resolved";
}

/** An alert after a probe. */
export const stepAlert = (
  alert: UptimeAlertRecord,
  state: UptimeStateRecord,
  now: Date,
): AlertStep => {
  if (!holds(alert, state, now)) {
    const quiet = asNew(alert);
    return alert.triggered ? { alert: quiet, turn: "resolved" } : { alert: quiet };
  }
  // An outage has held since it began, which may be before the alert was made.
  const began = state.status === "DOWN" && alert.type !== "ssl_expiry" ? state.since : iso(now);
  const held = { ...alert, held_since: alert.held_since ?? began };
  const waited = now.getTime() - Date.parse(held.held_since);
  if (alert.triggered || waited < patience(alert) * 1000) return { alert: held };
  return { alert: { ...held, triggered: true }, turn: "triggered" };
};

/** What the alert is about, in a sentence's end. */
export const describe = (
  alert: UptimeAlertRecord,
  check: UptimeCheckRecord,
  state: UptimeStateRecord,
): string => {
  switch (alert.type) {
    case "latency":
      return `${check.target} answers in ${state.milliseconds ?? "?"} ms (threshold ${alert.threshold ?? 0} ms)`;
    case "ssl_expiry":
      return `the certificate of ${check.target} ends at ${state.certificate_until}`;
    default:
      return state.status === "DOWN"
        ? `${check.target} is down since ${state.since}: ${state.cause}`
        : `${check.target} is up since ${state.since}`;
  }
};
