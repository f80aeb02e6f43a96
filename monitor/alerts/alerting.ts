import { remembered, type AlertState, type Remembered } from "./alert-state";
import type { Watched } from "./check-state";
import type { AlertRules } from "./draft";
import type { AlertRecord, Effect } from "./effects";
import type { Journal } from "./incident";
import type { Message } from "./messages";
import { step, type AlertEvent } from "./step";

/** What carries out the effects. */
export interface Performers {
  readonly journal: Journal;
  readonly send: (message: Message) => void;
  /** Asks a check to run now. */
  readonly hurry: (check: string) => void;
  readonly log: (line: string) => void;
}

export interface AlertingDeps extends Performers {
  /** Asked at each step, so that a changed configuration counts at once. */
  readonly rules: () => AlertRules;
  readonly now: () => number;
}

/** Holds the state of alerting, steps it, and has the effects carried out. */
export interface Alerting {
  state(): AlertState;
  happened(event: AlertEvent): void;
}

const write = (journal: Journal, record: AlertRecord): void => {
  switch (record.record) {
    case "state":
      return journal.state(record.id, record.state);
    case "incident":
      return journal.incident(record.incident);
    case "event":
      return journal.event(record.incident, record.at, record.event, record.text);
  }
};

const perform = ({ journal, send, hurry, log }: Performers, effect: Effect): void => {
  switch (effect.kind) {
    case "write":
      return write(journal, effect);
    case "send":
      return send(effect.message);
    case "hurry":
      return effect.checks.forEach(hurry);
    case "log":
      return log(effect.line);
  }
};

export const createAlerting = (
  deps: AlertingDeps,
  watched: readonly Watched[],
  before: Remembered,
): Alerting => {
  let state = remembered(before);
  const alerting: Alerting = {
    state: () => state,
    happened: (event) => {
      const [next, effects] = step(deps.rules(), state, event, deps.now());
      state = next;
      for (const effect of effects) perform(deps, effect);
    },
  };
  alerting.happened({ kind: "checks", watched });
  return alerting;
};
