import type { CheckState, Watched } from "../alerts/state";
import type { View } from "./view";

/** "late": no failure has been confirmed yet or it hides behind a lower layer. */
export type Condition = "up" | "down" | "failing" | "held" | "unknown";

export interface CheckStatus {
  readonly id: string; readonly kind: string; readonly service?: string; readonly layer: string; readonly machine: string;
  readonly condition: Condition;
  /** Runs since the monitor started. */
  readonly runs: number;
  /** ISO instants. */
  readonly lastAt?: string; readonly since?: string;
  readonly ms?: number; readonly error?: string; readonly detail?: string; readonly heldBy?: string; readonly incident?: number;
}
export interface ServiceStatus { readonly name: string; readonly url: string; readonly condition: Condition; readonly polled: boolean; readonly checks: readonly string[]; readonly ms?: number; readonly error?: string }
export interface Status {
  readonly fleet: string; readonly domain: string; readonly at: string; readonly startedAt: string;
  /** No check is down and the monitor itself is well. */
  readonly ok: boolean;
  readonly storage: { readonly ok: boolean; readonly error?: string };
  /** Messages that have not left yet. */
  readonly outbox: number;
  readonly services: readonly ServiceStatus[]; readonly checks: readonly CheckStatus[];
  readonly incidents: readonly { readonly id: number; readonly name: string; readonly check: string; readonly opened: string; readonly error: string; readonly above: readonly string[] }[];
}

const iso = (ms: number | undefined): string | undefined => (ms === undefined ? undefined : new Date(ms).toISOString());

export function condition(state: CheckState): Condition {
  if (state.incident !== undefined) return "down";
  if (state.lastOk === null) return "unknown";
  if (state.heldBy !== undefined) return "held";
  return state.lastOk ? "up" : "failing";
}

const worst: readonly Condition[] = ["down", "held", "failing", "unknown", "up"];

function checkStatus(view: View, watched: Watched): CheckStatus {
  const state = view.alerts.state(watched.id);
  const now = condition(state);
  return {
    id: watched.id, kind: watched.check.kind, service: watched.service, layer: watched.layer, machine: watched.machine, condition: now, runs: view.runs(watched.id),
    lastAt: iso(state.lastAt), since: iso(state.since), ms: state.lastMs, detail: state.detail, error: now === "up" ? undefined : state.lastError, heldBy: state.heldBy, incident: state.incident,
  };
}

export function status(view: View): Status {
  const { config, alerts, writer, outbox } = view;
  const checks = alerts.watched().map((watched) => checkStatus(view, watched));
  const services = config.services.map(({ name, url }): ServiceStatus => {
    const own = checks.filter((check) => check.service === name || check.id === name);
    const [bad] = [...own].sort((a, b) => worst.indexOf(a.condition) - worst.indexOf(b.condition));
    const main = own.find((check) => check.id === name) ?? own[0];
    return { name, url, condition: bad?.condition ?? "unknown", polled: own.length > 0 && own.every(({ runs }) => runs > 0), checks: own.map(({ id }) => id), ms: main?.ms, error: bad?.error };
  });
  const { ok, error } = writer.status();
  return {
    fleet: config.fleet, domain: config.domain, at: new Date(view.now()).toISOString(), startedAt: new Date(view.startedAt).toISOString(),
    ok: ok && checks.every((check) => check.condition === "up"), storage: { ok, error }, outbox: outbox.waiting().length, services, checks,
    incidents: alerts.open().map((incident) => ({ id: incident.id, name: incident.name, check: incident.check, opened: new Date(incident.opened).toISOString(), error: incident.error, above: incident.above })),
  };
}

