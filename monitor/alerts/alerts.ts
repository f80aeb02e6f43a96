import type { Outcome } from "../checks/outcome";
import { adviceFor } from "./advice";
import { steady, turned } from "./flaps";
import type { EventKind, Incident, Journal } from "./incident";
import { covering, type Window } from "./maintenance";
import {
  downMessage,
  flappingMessage,
  reminderMessage,
  steadyMessage,
  upMessage,
  worseMessage,
  type Message,
  type Named,
  type Outage,
} from "./messages";
import { below, couldExplain, isTop, judge, unseen, type CheckState, type Watched } from "./state";
import { step } from "./step";

const named = (names: readonly string[]): Named[] => names.map((name) => ({ name }));

export interface AlertsDeps {
  readonly fleet: string;
  readonly now: () => number;
  readonly journal: Journal;
  readonly send: (message: Message) => void;
  /** Asks these checks to run now. */
  readonly hurry: (ids: readonly string[]) => void;
  /** Where to see, acknowledge and snooze an incident. */
  readonly link: (incident: number) => string;
  /** How long a firing check waits for a lower one's verdict, milliseconds. */
  readonly patienceMs: number;
  /** Milliseconds between reminders; 0 for none. */
  readonly remindMs: number;
  readonly flapsPerHour: number;
  readonly maintenance: () => readonly Window[];
}

export interface Remembered {
  readonly states: ReadonlyMap<string, CheckState>;
  readonly open: readonly Incident[];
  readonly nextIncident: number;
}

export class Alerts {
  readonly #watched = new Map<string, Watched>();
  readonly #states: Map<string, CheckState>;
  readonly #open: Map<number, Incident>;
  /** Those that #announceReady() has to look at: with ten thousand checks it runs after each. */
  readonly #attention = new Set<string>();
  /** Those that something stands on: few. */
  #bases: readonly Watched[] = [];
  #nextIncident: number;

  constructor(
    readonly deps: AlertsDeps,
    watched: readonly Watched[],
    kept: Remembered,
  ) {
    this.#states = new Map(kept.states);
    this.#open = new Map(kept.open.map((incident) => [incident.id, incident]));
    this.#nextIncident = kept.nextIncident;
    this.watch(watched);
  }

  state(id: string): CheckState {
    return this.#states.get(id) ?? unseen;
  }
  watched(): readonly Watched[] {
    return [...this.#watched.values()];
  }
  /** Whether it is being told that this machine has no room left. */
  exhausted(machine: Watched["machine"]): boolean {
    return this.#bases.some(
      (one) =>
        one.machine === machine &&
        this.state(one.id).exhausted === true &&
        this.state(one.id).incident !== undefined,
    );
  }
  open(): readonly Incident[] {
    return [...this.#open.values()];
  }

  /** The list of checks changed. What is no longer watched ends: its incident is closed without a mail. */
  watch(watched: readonly Watched[]): void {
    this.#watched.clear();
    for (const one of watched) this.#watched.set(one.id, one);
    this.#bases = watched.filter((one) => !isTop(one) || one.check.kind === "host");
    for (const id of this.#states.keys()) if (!this.#watched.has(id)) this.#states.delete(id);
    this.#attention.clear();
    for (const [id, state] of this.#states) this.#attend(id, state);
    for (const incident of this.#open.values())
      if (!this.#watched.has(incident.check)) this.#close(incident, "no longer watched");
  }

  /** Counts one run. `began` is the wall clock at its start. @returns whether it is failing and not confirmed yet. */
  take(id: string, began: number, outcome: Outcome): boolean {
    const watched = this.#watched.get(id);
    if (watched === undefined || outcome.result === "unknown") return false;
    const was = this.state(id);
    const ok = outcome.result === "pass";
    // A full disk is no matter of luck, and what it explains would be told before it.
    const [streak, turn] = step(
      was,
      ok,
      outcome.exhausted ? { ...watched.rule, failAfter: 1 } : watched.rule,
    );
    this.#keep(id, {
      ...was,
      ...streak,
      lastAt: began,
      lastMs: outcome.ms,
      detail: outcome.detail,
      since:
        ok && !streak.firing
          ? undefined
          : was.firing || was.lastOk === false
            ? (was.since ?? began)
            : began,
      lastError: outcome.error ?? was.lastError,
      firedAt: turn === "firing" ? this.deps.now() : was.firedAt,
      exhausted: (ok ? streak.firing && was.exhausted : outcome.exhausted) || undefined,
      newSince: ok ? undefined : was.lastOk === null ? began : was.newSince,
    });
    if (!ok && was.lastOk !== false) this.#askLower(watched, began);
    if (turn === "resolved") this.#resolve(watched, was);
    else if (outcome.exhausted) this.#worsen(watched);
    else if (!ok && was.exhausted) this.#freeAbove(watched);
    this.#announceReady();
    return !ok && !streak.firing;
  }

  /** Once a second: announces what has waited for long enough, reminds, and ends quiet times. */
  settle(): void {
    this.#announceReady();
    for (const incident of this.open()) this.#remind(incident);
  }

  #announceReady(): void {
    for (const id of [...this.#attention]) {
      const [watched, state] = [this.#watched.get(id), this.state(id)];
      if (watched === undefined) continue;
      if (steady(state, this.deps.now())) this.#calm(watched, state);
      else if (state.firing && state.lastOk === false && state.incident === undefined)
        this.#consider(watched, state);
    }
  }

  acknowledge(id: number, by: string): boolean {
    return this.#mark(id, "acknowledged", by, {
      acknowledged: { at: this.deps.now(), by },
      snoozedUntil: undefined,
    });
  }

  snooze(id: number, by: string, until: number): boolean {
    return this.#mark(id, "snoozed", `until ${new Date(until).toISOString()} by ${by}`, {
      snoozedUntil: until,
    });
  }

  #with(watched: readonly Watched[]): (readonly [Watched, CheckState])[] {
    return watched.map((one) => [one, this.state(one.id)] as const);
  }

  #above(lower: Watched): (readonly [Watched, CheckState])[] {
    const { exhausted } = this.state(lower.id);
    if (isTop(lower) && !exhausted) return [];
    return this.#with(
      this.watched().filter(
        (upper) => below(lower, upper) || (exhausted && couldExplain(lower, upper)),
      ),
    );
  }

  #attend(id: string, { firing, incident, flapping }: CheckState): void {
    if ((firing && incident === undefined) || flapping) this.#attention.add(id);
    else this.#attention.delete(id);
  }

  #keep(id: string, state: CheckState): void {
    this.#states.set(id, state);
    this.#attend(id, state);
    this.deps.journal.state(id, state);
  }

  #put(incident: Incident): void {
    this.#open.set(incident.id, incident);
    this.deps.journal.incident(incident);
  }

  #event(incident: number, kind: EventKind, text: string): void {
    this.deps.journal.event(incident, this.deps.now(), kind, text);
  }

  #mark(id: number, kind: EventKind, text: string, change: Partial<Incident>): boolean {
    const incident = this.#open.get(id);
    if (incident === undefined) return false;
    this.#put({ ...incident, ...change });
    this.#event(id, kind, text);
    return true;
  }

  #askLower(upper: Watched, began: number): void {
    const stale = this.#with(this.#bases).filter(
      ([lower, state]) => below(lower, upper) && (state.lastAt ?? 0) < began,
    );
    this.deps.hurry(stale.map(([lower]) => lower.id));
  }

  #consider(watched: Watched, state: CheckState): void {
    const now = this.deps.now();
    const verdict = judge(
      watched,
      { firedAt: now, ...state },
      this.#with(this.#bases),
      now,
      this.deps.patienceMs,
    );
    if (verdict.kind === "announce") this.#announce(watched, state);
    if (verdict.kind === "held" && state.heldBy !== verdict.by)
      this.#hold(watched, state, verdict.by);
  }

  #outage(watched: Watched, incident: Incident, error: string): Outage {
    return {
      fleet: this.deps.fleet,
      name: incident.name,
      since: incident.opened,
      error,
      url: this.deps.link(incident.id),
      advice: adviceFor(watched),
    };
  }

  #announce(watched: Watched, state: CheckState): void {
    const now = this.deps.now();
    const error = state.lastError ?? "no reason given";
    const above: Named[] = this.#above(watched)
      .filter(([, its]) => its.lastOk === false)
      .map(([upper, its]) => ({ name: upper.id, error: its.lastError }));
    const window = covering(this.deps.maintenance(), watched.service);
    const flaps = turned(state, now, this.deps.flapsPerHour);
    const quiet = window?.title ?? (state.flapping ? "it flaps" : undefined);
    const incident: Incident = {
      id: this.#nextIncident,
      check: watched.id,
      name: watched.id,
      service: watched.service,
      opened: state.since ?? now,
      error,
      above: above.map(({ name }) => name),
      quiet,
      told: quiet === undefined ? now : undefined,
      exhausted: state.exhausted,
    };
    this.#nextIncident += 1;
    this.#put(incident);
    this.#event(incident.id, "opened", error);
    this.#keep(watched.id, {
      ...state,
      ...flaps,
      incident: incident.id,
      heldBy: undefined,
      firedAt: undefined,
    });
    if (quiet !== undefined) this.#event(incident.id, "quiet", quiet);
    else if (flaps.flapping) this.#flapping(watched, incident, error, flaps.turns.length);
    else this.deps.send(downMessage(this.#outage(watched, incident, error), above, now));
  }

  #flapping(watched: Watched, incident: Incident, error: string, turns: number): void {
    this.deps.send(flappingMessage(this.#outage(watched, incident, error), turns));
  }

  /** Its machine has no room left, and it was told of something less. */
  #worsen(watched: Watched): void {
    const state = this.state(watched.id);
    const incident = this.#open.get(state.incident ?? -1);
    if (
      incident === undefined ||
      incident.exhausted ||
      incident.told === undefined ||
      state.flapping ||
      covering(this.deps.maintenance(), incident.service) !== undefined
    )
      return;
    const now = this.deps.now();
    const error = state.lastError ?? incident.error;
    this.#put({
      ...incident,
      error,
      exhausted: true,
      told: now,
      acknowledged: undefined,
      snoozedUntil: undefined,
    });
    this.#event(incident.id, "worse", error);
    this.deps.send(
      worseMessage(
        this.#outage(watched, incident, error),
        this.#above(watched)
          .filter(([, its]) => its.lastOk === false)
          .map(([{ id }]) => ({ name: id })),
        now,
      ),
    );
  }

  #hold(watched: Watched, state: CheckState, by: string): void {
    this.#keep(watched.id, { ...state, heldBy: by });
    const holder = this.#open.get(this.state(by).incident ?? -1);
    if (holder === undefined) return;
    this.#event(holder.id, "with", watched.id);
    if (!holder.above.includes(watched.id))
      this.#put({ ...holder, above: [...holder.above, watched.id] });
  }

  #close(incident: Incident, text: string): void {
    this.#open.delete(incident.id);
    this.deps.journal.incident({ ...incident, closed: this.deps.now() });
    this.#event(incident.id, "resolved", text);
  }

  #resolve(watched: Watched, was: CheckState): void {
    const now = this.deps.now();
    const incident = was.incident === undefined ? undefined : this.#open.get(was.incident);
    const flaps =
      incident === undefined
        ? { turns: was.turns, flapping: was.flapping }
        : turned(was, now, this.deps.flapsPerHour);
    this.#keep(watched.id, {
      ...this.state(watched.id),
      ...flaps,
      incident: undefined,
      since: undefined,
      firedAt: undefined,
      heldBy: undefined,
    });
    if (incident !== undefined) {
      this.#close(incident, "");
      const error = was.lastError ?? incident.error;
      if (flaps.flapping && was.flapping !== true)
        this.#flapping(watched, incident, error, flaps.turns?.length ?? 0);
      else if (incident.told !== undefined && was.flapping !== true)
        this.deps.send(
          upMessage(this.#outage(watched, incident, error), named(incident.above), now),
        );
    }
    this.#freeAbove(watched);
  }

  /** What was silent because of this one has to fail anew, all its times, before it is an alert of its own. */
  #freeAbove(lower: Watched): void {
    if (isTop(lower) && lower.check.kind !== "host") return;
    for (const [upper, state] of this.#with(this.watched())) {
      if (
        !state.firing ||
        state.incident !== undefined ||
        !(below(lower, upper) || state.heldBy === lower.id)
      )
        continue;
      this.#keep(upper.id, {
        ...state,
        firing: false,
        streak: 0,
        since: state.lastOk === false ? this.deps.now() : undefined,
        heldBy: undefined,
        firedAt: undefined,
      });
    }
  }

  /** It has held one state for long enough: say which, and alert as usual again. */
  #calm(watched: Watched, state: CheckState): void {
    const incident = this.#open.get(state.incident ?? -1);
    this.#keep(watched.id, { ...state, flapping: false, turns: [] });
    const since = state.turns?.at(-1) ?? this.deps.now();
    this.deps.send(
      steadyMessage(
        {
          fleet: this.deps.fleet,
          name: watched.id,
          since,
          error: state.lastError ?? "",
          url: this.deps.link(incident?.id ?? 0),
          advice: adviceFor(watched),
        },
        !state.firing,
      ),
    );
    if (incident !== undefined) this.#put({ ...incident, quiet: undefined, told: this.deps.now() });
  }

  #remind(incident: Incident): void {
    const now = this.deps.now();
    const watched = this.#watched.get(incident.check);
    const state = this.state(incident.check);
    // What passes again is about to resolve: an all-clear would follow on the heels of this.
    if (
      watched === undefined ||
      state.lastOk === true ||
      state.flapping ||
      covering(this.deps.maintenance(), incident.service) !== undefined
    )
      return;
    const error = state.lastError ?? incident.error;
    if (incident.told === undefined) {
      this.#put({ ...incident, told: now, quiet: undefined });
      this.#event(incident.id, "told", "");
      this.deps.send(
        downMessage(this.#outage(watched, incident, error), named(incident.above), now),
      );
      return;
    }
    const due =
      incident.snoozedUntil ??
      (this.deps.remindMs > 0 && incident.acknowledged === undefined
        ? incident.told + this.deps.remindMs
        : Infinity);
    if (now < due) return;
    this.#put({ ...incident, told: now, snoozedUntil: undefined });
    this.#event(incident.id, "reminded", "");
    this.deps.send(
      reminderMessage(this.#outage(watched, incident, error), named(incident.above), now),
    );
  }
}
