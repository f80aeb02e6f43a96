import { minutesOf } from "../actions/announcements";
import { checkState, openIncidents, watchedChecks } from "../alerts/alert-state";
import type { CheckState, Watched } from "../alerts/check-state";
import type { Incident } from "../alerts/incident";
import type { FailoverStatus } from "../failover/failover";
import type { View } from "./view";

/** "failing": not confirmed yet. "held": unreachable behind a lower layer that is down. */
export type Condition = "up" | "down" | "failing" | "held" | "unknown";

export interface CheckStatus {
  readonly id: string;
  readonly kind: string;
  readonly service?: string;
  readonly layer: string;
  readonly machine: string;
  readonly condition: Condition;
  /** Runs since the monitor started. */
  readonly runs: number;
  /** ISO instants. */
  readonly lastAt?: string;
  readonly since?: string;
  readonly ms?: number;
  readonly error?: string;
  readonly detail?: string;
  readonly heldBy?: string;
  readonly incident?: number;
}
export interface ServiceStatus {
  readonly name: string;
  readonly url: string;
  readonly condition: Condition;
  readonly checks: readonly string[];
  /**
   * Each of its checks has run since the monitor started, and its own passed the last time: one
   * that mends is passing before its incident is closed.
   */
  readonly passing: boolean;
  /** The oldest of its checks' last runs, once each has run since the monitor started. */
  readonly lastAt?: string;
  readonly ms?: number;
  readonly error?: string;
}
export interface IncidentStatus {
  readonly id: number;
  readonly name: string;
  readonly check: string;
  readonly opened: string;
  readonly closed?: string;
  readonly error: string;
  readonly above: readonly string[];
  readonly acknowledged?: string;
  readonly snoozedUntil?: string;
  readonly quiet?: string;
}
export interface Status {
  readonly fleet: string;
  readonly domain: string;
  readonly at: string;
  readonly startedAt: string;
  /** Everything is up and the monitor itself is well. */
  readonly ok: boolean;
  readonly storage: { readonly ok: boolean; readonly error?: string };
  /**
   * The monitor's own burden: how late the check is that waits longest, how much of the last minute
   * it could not run, and failures since the start that it did not count for that reason.
   */
  readonly load: {
    readonly lateSeconds: number;
    readonly waiting: number;
    readonly skipped: number;
    readonly heldUpSeconds: number;
    readonly uncounted: number;
    readonly keepsUp: boolean;
  };
  /** Since when this machine itself has had no network; what is shown is then of before. */
  readonly offlineSince?: string;
  /** Messages that have not left yet. */
  readonly outbox: number;
  /** What the primary announced by itself in the last 24 hours. */
  readonly announced: { readonly windows: number; readonly minutes: number };
  readonly maintenance: readonly {
    readonly title: string;
    readonly services?: readonly string[];
    readonly to: string;
  }[];
  /** Absent where the watcher never takes over. */
  readonly failover?: FailoverStatus;
  readonly services: readonly ServiceStatus[];
  readonly checks: readonly CheckStatus[];
  /** The open ones. */
  readonly incidents: readonly IncidentStatus[];
}

/** The check by which a service's history is told: the one of its own name. */
export const mainCheck = ({ name, checks }: Pick<ServiceStatus, "name" | "checks">): string =>
  checks.includes(name) ? name : (checks[0] ?? "");

export const iso = (ms: number | undefined): string | undefined =>
  ms === undefined ? undefined : new Date(ms).toISOString();

export const condition = (state: CheckState): Condition => {
  if (state.incident !== undefined) return "down";
  if (state.lastOk === undefined) return "unknown";
  if (state.heldBy !== undefined) return "held";
  return state.lastOk ? "up" : "failing";
};

const worst: readonly Condition[] = ["down", "held", "failing", "unknown", "up"];

const checkStatus = (view: View, watched: Watched): CheckStatus => {
  const state = checkState(view.alerts(), watched.id);
  const now = condition(state);
  return {
    id: watched.id,
    kind: watched.check.kind,
    service: watched.service,
    layer: watched.layer,
    machine: watched.machine,
    condition: now,
    runs: view.runs(watched.id),
    lastAt: iso(state.lastAt),
    since: iso(state.since),
    ms: state.lastMs,
    detail: state.detail,
    error: now === "up" ? undefined : state.lastError,
    heldBy: state.heldBy,
    incident: state.incident,
  };
};

const serviceStatus = (
  view: View,
  { name, url }: { readonly name: string; readonly url: string },
  checks: readonly CheckStatus[],
): ServiceStatus => {
  const own = checks.filter((check) => check.service === name || check.id === name);
  const bad = worst
    .map((one) => own.find((check) => check.condition === one))
    .find((check) => check !== undefined);
  const main = own.find((check) => check.id === name) ?? own[0];
  const polled = own.length > 0 && own.every(({ runs }) => runs > 0);
  const lastAt = polled
    ? own
        .map((check) => check.lastAt)
        .filter((at) => at !== undefined)
        .sort()[0]
    : undefined;
  return {
    name,
    url,
    condition: bad?.condition ?? "unknown",
    passing: polled && main !== undefined && checkState(view.alerts(), main.id).lastOk === true,
    lastAt,
    checks: own.map(({ id }) => id),
    ms: main?.ms,
    error: bad?.error,
  };
};

const seconds = (ms: number): number => Math.round(ms / 100) / 10;

const loadStatus = (view: View): Status["load"] => {
  const { heldUpMs, uncounted } = view.load();
  const { lateMs, waiting, skipped } = view.backlog();
  return {
    lateSeconds: seconds(lateMs),
    waiting,
    skipped,
    heldUpSeconds: seconds(heldUpMs),
    uncounted,
    keepsUp: !view.isOverloaded(),
  };
};

const incidentStatus = (incident: Incident): IncidentStatus => ({
  id: incident.id,
  name: incident.name,
  check: incident.check,
  opened: new Date(incident.opened).toISOString(),
  error: incident.error,
  above: incident.above,
  acknowledged: iso(incident.acknowledged?.at),
  snoozedUntil: iso(incident.snoozedUntil),
  quiet: incident.quiet,
});

export const status = (view: View): Status => {
  const { fleet, domain, services } = view.config();
  const checks = watchedChecks(view.alerts()).map((watched) => checkStatus(view, watched));
  const { ok: isStored, error } = view.storage();
  const load = loadStatus(view);
  const offlineSince = view.offlineSince();
  const isWell = isStored && load.keepsUp && offlineSince === undefined;
  return {
    fleet,
    domain,
    at: new Date(view.now()).toISOString(),
    startedAt: new Date(view.startedAt).toISOString(),
    load,
    ok: isWell && checks.every((check) => check.condition === "up"),
    storage: { ok: isStored, error },
    offlineSince: iso(offlineSince),
    outbox: view.waiting().length,
    announced: { windows: view.announced().length, minutes: minutesOf(view.announced()) },
    maintenance: view
      .maintenance()
      .map(({ title, services, to }) => ({ title, services, to: new Date(to).toISOString() })),
    failover: view.failover(),
    services: services.map((service) => serviceStatus(view, service, checks)),
    checks,
    incidents: openIncidents(view.alerts()).map(incidentStatus),
  };
};
