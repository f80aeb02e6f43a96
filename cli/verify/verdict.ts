import type { FleetFacts } from "../../config/fleet";
import type { ProbeReport, ProbeResult, ProbeTarget } from "./prober";

/** What one service looked like to a visitor, and whether the Observatory has seen it. */
export interface Verdict {
  readonly name: string;
  readonly url: string;
  readonly ok: boolean;
  readonly status?: number;
  readonly latencyMs?: number;
  readonly certificateExpires?: string;
  /** The Observatory has polled it at least once. */
  readonly polled: boolean;
  readonly error?: string;
}

export const STATUS_TARGET = "observatory";

/** Each service at its public name and health path, then the Observatory's own account. */
export const targetsOf = (fleet: FleetFacts): readonly ProbeTarget[] => [
  ...fleet.services.map(({ name, host, health }) => ({ name, url: `https://${host}${health.path}`, status: health.status, contains: health.contains })),
  { name: STATUS_TARGET, url: `https://${fleet.status.host}/api/status`, status: 200 },
];

/** Names that the Observatory says it has polled since it started; empty when its answer is not there or not readable yet. */
export const polledBy = (answer: ProbeResult | undefined): ReadonlySet<string> => {
  if (!answer?.ok || !answer.body) return new Set();
  try {
    const { services } = JSON.parse(answer.body) as { services?: readonly { readonly name: string; readonly polled: boolean }[] };
    return new Set((services ?? []).filter(({ polled }) => polled).map(({ name }) => name));
  } catch { return new Set(); }
};

/** Judges one round: a service is well when it answered as fleet.yaml says at the floating IP and the Observatory knows it. */
export const judge = (fleet: FleetFacts, floatingIp: string, report: ProbeReport): readonly Verdict[] => {
  const polled = polledBy(report.find(({ name }) => name === STATUS_TARGET));
  return fleet.services.map(({ name, host }) => {
    const seen = report.find((result) => result.name === name);
    const misdirected = seen?.address !== undefined && seen.address !== floatingIp ? `its name points at ${seen.address}, not at the floating IP ${floatingIp}` : undefined;
    const error = seen === undefined ? "it was not asked" : (misdirected ?? seen.error ?? (polled.has(name) ? undefined : "the Observatory has not polled it yet"));
    return {
      name, url: `https://${host}/`, ok: error === undefined, polled: polled.has(name), status: seen?.status, latencyMs: seen?.latencyMs, certificateExpires: seen?.certificateExpires,
      ...(error ? { error } : {}),
    };
  });
};
