import type { Outcome } from "../checks/outcome";
import { downMessage, upMessage, type Message, type Named } from "./messages";
import { below, judge, unseen, type CheckState, type Watched } from "./state";
import { step } from "./step";

/** What users are told about; opened by the lowest broken check. Times are milliseconds since the epoch. */
export interface Incident {
  readonly id: number; readonly check: string; readonly name: string; readonly opened: number; readonly closed?: number; readonly error: string;
  /** Names of what was not reachable with it. */
  readonly above: readonly string[];
}
export type EventKind = "opened" | "with" | "resolved" | "note";

/** Where each step is kept. Calls return at once: nothing here waits for storage. */
export interface Journal {
  state(id: string, state: CheckState): void;
  incident(incident: Incident): void;
  event(incident: number, at: number, kind: EventKind, text: string): void;
}

export interface AlertsDeps {
  readonly fleet: string; readonly url: string; readonly now: () => number; readonly journal: Journal;
  readonly send: (message: Message) => void;
  /** Asks these checks to run now. */
  readonly hurry: (ids: readonly string[]) => void;
  /** How long a firing check waits for a lower one's verdict, milliseconds. */
  readonly patienceMs: number;
}

export class Alerts {
  readonly #watched = new Map<string, Watched>();
  readonly #states: Map<string, CheckState>;
  readonly #open: Map<number, Incident>;
  #nextIncident: number;

  constructor(readonly deps: AlertsDeps, watched: readonly Watched[], kept: { readonly states: ReadonlyMap<string, CheckState>; readonly open: readonly Incident[]; readonly nextIncident: number }) {
    for (const one of watched) this.#watched.set(one.id, one);
    this.#states = new Map([...kept.states].filter(([id]) => this.#watched.has(id)));
    this.#open = new Map(kept.open.map((incident) => [incident.id, incident]));
    this.#nextIncident = kept.nextIncident;
  }

  state(id: string): CheckState { return this.#states.get(id) ?? unseen; }
  watched(): readonly Watched[] { return [...this.#watched.values()]; }
  open(): readonly Incident[] { return [...this.#open.values()]; }

  /** Counts one run. `began` is the wall clock at its start. */
  take(id: string, began: number, outcome: Outcome): void {
    const watched = this.#watched.get(id);
    if (watched === undefined || outcome.result === "unknown") return;
    const was = this.state(id);
    const ok = outcome.result === "pass";
    const [streak, turn] = step(was, ok, watched.rule);
    const failing = streak.firing || !ok;
    const next: CheckState = {
      ...was, ...streak, lastAt: began, lastMs: outcome.ms, detail: outcome.detail,
      since: failing ? (was.firing || was.lastOk === false ? was.since ?? began : began) : undefined,
      lastError: outcome.error ?? was.lastError,
      firedAt: turn === "firing" ? this.deps.now() : was.firedAt,
    };
    this.#keep(id, next);
    if (!ok && was.lastOk !== false) this.#askLower(watched, began);
    if (turn === "resolved") this.#resolve(watched, was);
    this.settle();
  }

  /** Announces what is ready to be; also called once a second, for those that wait. */
  settle(): void {
    const all = this.#all();
    for (const [watched, state] of all) {
      if (!state.firing || state.incident !== undefined) continue;
      const firedAt = state.firedAt ?? this.deps.now();
      const verdict = judge(watched, firedAt, state.since ?? firedAt, this.#all(), this.deps.now(), this.deps.patienceMs);
      if (verdict.kind === "announce") this.#announce(watched, state);
      if (verdict.kind === "held" && state.heldBy !== verdict.by) this.#hold(watched, state, verdict.by);
    }
  }

  #all(): (readonly [Watched, CheckState])[] { return this.watched().map((watched) => [watched, this.state(watched.id)] as const); }

  #keep(id: string, state: CheckState): void {
    this.#states.set(id, state);
    this.deps.journal.state(id, state);
  }

  #askLower(upper: Watched, began: number): void {
    const stale = this.#all().filter(([lower, state]) => below(lower, upper) && (state.lastAt ?? 0) < began);
    this.deps.hurry(stale.map(([lower]) => lower.id));
  }

  #announce(watched: Watched, state: CheckState): void {
    const opened = state.since ?? this.deps.now();
    const error = state.lastError ?? "no reason given";
    const above: Named[] = this.#all().filter(([upper, its]) => below(watched, upper) && its.lastOk === false).map(([upper, its]) => ({ name: nameOf(upper), error: its.lastError }));
    const incident: Incident = { id: this.#nextIncident, check: watched.id, name: nameOf(watched), opened, error, above: above.map(({ name }) => name) };
    this.#nextIncident += 1;
    this.#open.set(incident.id, incident);
    this.deps.journal.incident(incident);
    this.deps.journal.event(incident.id, this.deps.now(), "opened", error);
    this.#keep(watched.id, { ...state, incident: incident.id, heldBy: undefined, firedAt: undefined });
    this.deps.send(downMessage({ fleet: this.deps.fleet, name: incident.name, since: opened, error, url: this.deps.url }, above));
  }

  #hold(watched: Watched, state: CheckState, by: string): void {
    this.#keep(watched.id, { ...state, heldBy: by });
    const holder = this.state(by).incident;
    if (holder !== undefined) this.deps.journal.event(holder, this.deps.now(), "with", nameOf(watched));
  }

  #resolve(watched: Watched, was: CheckState): void {
    const now = this.deps.now();
    this.#keep(watched.id, { ...this.state(watched.id), incident: undefined, since: undefined, firedAt: undefined, heldBy: undefined });
    const incident = was.incident === undefined ? undefined : this.#open.get(was.incident);
    if (incident !== undefined) {
      this.#open.delete(incident.id);
      this.deps.journal.incident({ ...incident, closed: now });
      this.deps.journal.event(incident.id, now, "resolved", "");
      this.deps.send(upMessage({ fleet: this.deps.fleet, name: incident.name, since: incident.opened, error: was.lastError ?? incident.error, url: this.deps.url }, now));
    }
    this.#freeAbove(watched);
  }

  /** What was silent because of this one has to fail anew, all its times, before it is an alert of its own. */
  #freeAbove(lower: Watched): void {
    for (const [upper, state] of this.#all()) {
      if (!below(lower, upper) || !state.firing || state.incident !== undefined) continue;
      this.#keep(upper.id, { ...state, firing: false, streak: 0, since: state.lastOk === false ? this.deps.now() : undefined, heldBy: undefined, firedAt: undefined });
    }
  }
}

/** A service's main check carries its name; others their own. */
export const nameOf = (watched: Watched): string => watched.id;
