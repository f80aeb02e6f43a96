import type { Outcome } from "../checks/outcome";
import { unseen, type CheckState, type Watched } from "./check-state";
import type { Incident } from "./incident";
import { isBase } from "./layers";
import { persistentMap, valueOf, type PersistentMap } from "./persistent-map";

/** All that alerting knows. It is never changed: a step makes a new one. */
export interface AlertState {
  readonly watched: ReadonlyMap<string, Watched>;
  /** Those that something stands on: few. */
  readonly bases: readonly Watched[];
  readonly checks: PersistentMap<CheckState>;
  /**
   * Those that wait to be announced, or flap. A step looks at no others, since there may be ten
   * thousand.
   */
  readonly attention: ReadonlySet<string>;
  readonly open: ReadonlyMap<number, Incident>;
  readonly nextIncident: number;
}

/** What a restart finds. */
export interface Remembered {
  readonly states: ReadonlyMap<string, CheckState>;
  readonly open: readonly Incident[];
  readonly nextIncident: number;
}

export const needsAttention = ({ firing, incident, flapping }: CheckState): boolean =>
  (firing && incident === undefined) || flapping === true;

export const remembered = ({ states, open, nextIncident }: Remembered): AlertState => ({
  watched: new Map(),
  bases: [],
  checks: persistentMap(states),
  attention: new Set(),
  open: new Map(open.map((incident) => [incident.id, incident])),
  nextIncident,
});

/** With this list of checks instead of the one before; what is no longer watched is forgotten. */
export const withWatched = (state: AlertState, watched: readonly Watched[]): AlertState => {
  const known = watched.flatMap(({ id }) => {
    const check = valueOf(state.checks, id);
    return check === undefined ? [] : [[id, check] as const];
  });
  return {
    ...state,
    watched: new Map(watched.map((one) => [one.id, one])),
    bases: watched.filter(isBase),
    checks: persistentMap(new Map(known)),
    attention: new Set(known.filter(([, check]) => needsAttention(check)).map(([id]) => id)),
  };
};

export const checkState = ({ checks }: AlertState, id: string): CheckState =>
  valueOf(checks, id) ?? unseen;

/** Whether it is being told that this machine has no room left. */
export const isExhausted = (state: AlertState, machine: Watched["machine"]): boolean =>
  state.bases.some((one) => {
    const { exhausted, incident } = checkState(state, one.id);
    return one.machine === machine && exhausted === true && incident !== undefined;
  });

/** Whether this failure has to be confirmed by another run before it is an alert. */
export const isUnconfirmed = (state: AlertState, id: string, { result }: Outcome): boolean =>
  result === "fail" && state.watched.has(id) && !checkState(state, id).firing;

export const watchedChecks = ({ watched }: AlertState): readonly Watched[] => [...watched.values()];

export const openIncidents = ({ open }: AlertState): readonly Incident[] => [...open.values()];
