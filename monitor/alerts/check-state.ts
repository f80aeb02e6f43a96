import type { Check, Layer } from "@second-server/contract/check-settings";
import type { Role } from "@second-server/contract/roles";

import { FRESH, type Rule, type Streak } from "./streak";

/**
 * What is remembered of a check, persisted at each step. Times are milliseconds since the epoch.
 */
export interface CheckState extends Streak {
  /** Start of the last run that counted. */
  readonly lastAt?: number;
  readonly lastMs?: number;
  readonly detail?: string;
  /** First failure of the failing streak or of the open incident. */
  readonly since?: number;
  /** Stays after a pass, so that the all-clear can name it. */
  readonly lastError?: string;
  /** The incident that this check opened, once it was announced. */
  readonly incident?: number;
  /** When it began to fire, while it has not been announced. */
  readonly firedAt?: number;
  /** The lower check that holds it back. */
  readonly heldBy?: string;
  /** When it fired and resolved within the last hour. */
  readonly turns?: readonly number[];
  readonly flapping?: boolean;
  /** It fires because its machine has no disk space or no inodes left. */
  readonly exhausted?: boolean;
  /** First run ever; dropped with the first pass. */
  readonly newSince?: number;
}

export const unseen: CheckState = FRESH;

/** The check as alerting sees it. */
export interface Watched {
  readonly id: string;
  readonly service?: string;
  readonly layer: Layer;
  readonly machine: Role;
  readonly rule: Rule;
  readonly check: Check;
}

const ranks: Readonly<Record<Layer, number>> = {
  dns: 1,
  primary: 2,
  nginx: 3,
  service: 4,
  certificate: 4,
  data: 4,
};

/** Nothing stands on it. */
export const isTop = ({ layer }: Watched): boolean => ranks[layer] === 4;

/**
 * A machine on which nothing can be written any more, and what fails for that reason: its services,
 * and the backups, which need both machines' disks.
 */
export const couldExplain = ({ check: { kind }, machine }: Watched, upper: Watched): boolean =>
  kind === "host" &&
  (upper.check.kind === "backup" ||
    upper.check.kind === "repository" ||
    (upper.layer === "service" && upper.service !== undefined && upper.machine === machine));

export const below = (lower: Watched, upper: Watched): boolean =>
  lower.machine === upper.machine && ranks[lower.layer] < ranks[upper.layer];

export type Verdict =
  | { readonly kind: "announce" }
  | { readonly kind: "wait" }
  | { readonly kind: "held"; readonly by: string };

/** What has never passed is being set up; so long it may take before that is an alert. */
const SET_UP_MS = 5 * 60_000;

/**
 * A check fires: is it the lowest broken thing? It waits while a lower check is failing or has not
 * been asked again since this one began to fail, but not for longer than `patienceMs`. A clock that
 * was set back ends the waiting.
 */
export const judge = (
  upper: Watched,
  { firedAt = 0, since = firedAt, newSince }: CheckState,
  lowers: readonly (readonly [Watched, CheckState])[],
  now: number,
  patienceMs: number,
): Verdict => {
  const within = (from: number, ms: number): boolean => now >= from && now - from < ms;
  if (newSince !== undefined && within(newSince, SET_UP_MS)) return { kind: "wait" };
  const under = lowers.filter(
    ([lower, state]) =>
      below(lower, upper) || (state.exhausted === true && couldExplain(lower, upper)),
  );
  const broken = under.find(([, state]) => state.firing);
  if (broken) return { kind: "held", by: broken[0].id };
  const unsure = under.some(([, state]) => state.lastOk === false || (state.lastAt ?? 0) < since);
  return unsure && within(firedAt, patienceMs) ? { kind: "wait" } : { kind: "announce" };
};
