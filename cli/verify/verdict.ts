import { ROUTES } from "@second-server/contract/names";

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
  /** The Observatory has looked at it and found it well. */
  readonly observed: boolean;
  readonly error?: string;
}

/** Of a service in the Observatory's `/api/status`. */
interface Account {
  readonly name: string;
  readonly passing: boolean;
  readonly error?: string;
}

export const STATUS_TARGET = "observatory";

/** Each service at its public name and health path, then the Observatory's own account. */
export const targetsOf = (fleet: FleetFacts): readonly ProbeTarget[] => [
  ...fleet.services.map(({ name, host, health }) => ({
    name,
    url: `https://${host}${health.path}`,
    status: health.status,
    contains: health.contains,
  })),
  { name: STATUS_TARGET, url: `https://${fleet.status.host}${ROUTES.status}`, status: 200 },
];

/** The same, each service asked at that address whatever its name leads to. */
export const targetsAt = (fleet: FleetFacts, address: string): readonly ProbeTarget[] =>
  targetsOf(fleet).map((target) =>
    target.name === STATUS_TARGET ? target : { ...target, address },
  );

/**
 * What the Observatory says of each service; empty when its answer is not there or not readable
 * yet.
 */
const accountOf = (answer: ProbeResult | undefined): ReadonlyMap<string, Account> => {
  if (!answer?.ok || !answer.body) return new Map();
  try {
    const { services } = JSON.parse(answer.body) as { services?: readonly Account[] };
    return new Map((services ?? []).map((account) => [account.name, account]));
  } catch {
    return new Map();
  }
};

const doubt = (account: Account | undefined): string | undefined => {
  if (account?.passing) return undefined;
  return account?.error === undefined
    ? "the Observatory has not polled it yet"
    : `the Observatory sees it fail: ${account.error}`;
};

/**
 * Judges one round: a service is well when it answered as fleet.yaml says at the floating IP and
 * the Observatory finds it well too.
 */
export const judge = (
  fleet: FleetFacts,
  floatingIp: string,
  report: ProbeReport,
): readonly Verdict[] => {
  const accounts = accountOf(report.find(({ name }) => name === STATUS_TARGET));
  return fleet.services.map(({ name, host }) => {
    const seen = report.find((result) => result.name === name);
    const misdirected =
      seen?.address !== undefined && seen.address !== floatingIp
        ? `its name points at ${seen.address}, not at the floating IP ${floatingIp}`
        : undefined;
    const error =
      seen === undefined
        ? "it was not asked"
        : (misdirected ?? seen.error ?? doubt(accounts.get(name)));
    return {
      name,
      url: `https://${host}/`,
      ok: error === undefined,
      observed: accounts.get(name)?.passing === true,
      status: seen?.status,
      latencyMs: seen?.latencyMs,
      certificateExpires: seen?.certificateExpires,
      ...(error ? { error } : {}),
    };
  });
};
