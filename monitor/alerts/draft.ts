import { checkState, needsAttention, type AlertState } from "./alert-state";
import type { CheckState, Watched } from "./check-state";
import type { Effect } from "./effects";
import type { EventKind, Incident } from "./incident";
import type { Window } from "./maintenance";
import type { Message } from "./messages";
import { withChanges } from "./persistent-map";

/** What the configuration says about alerting. Its functions depend on their arguments alone. */
export interface AlertRules {
  readonly fleet: string;
  /** Where to see, acknowledge and snooze an incident. */
  readonly link: (incident: number, now: number) => string;
  /** How long a firing check waits for a lower one's verdict, milliseconds. */
  readonly patienceMs: number;
  /** Within so long every check has had its turn and its answer, milliseconds. */
  readonly roundMs: number;
  /** Milliseconds between reminders; 0 for none. */
  readonly remindMs: number;
  readonly flapsPerHour: number;
  readonly maintenance: (now: number) => readonly Window[];
}

/**
 * A step in the making: reads see what the step has changed so far, and the state it began with
 * stays as it was.
 */
export interface Draft {
  readonly rules: AlertRules;
  readonly now: number;
  readonly watched: AlertState["watched"];
  readonly bases: readonly Watched[];
  check(id: string): CheckState;
  attention(): readonly string[];
  open(): readonly Incident[];
  incident(id: number | undefined): Incident | undefined;
  /** An incident that is not there yet gets this number. */
  nextIncident(): number;

  keep(id: string, state: CheckState): void;
  /** One that is closed is no longer among the open ones. */
  put(incident: Incident): void;
  /** A line of the incident's timeline. */
  event(incident: number, kind: EventKind, text: string): void;
  send(message: Message): void;
  hurry(checks: readonly string[]): void;

  done(): readonly [AlertState, readonly Effect[]];
}

const withIncident = (open: AlertState["open"], incident: Incident): AlertState["open"] => {
  const next = new Map(open);
  if (incident.closed === undefined) next.set(incident.id, incident);
  else next.delete(incident.id);
  return next;
};

export const createDraft = (rules: AlertRules, state: AlertState, now: number): Draft => {
  const checks = new Map<string, CheckState>();
  const effects: Effect[] = [];
  let { attention, open, nextIncident } = state;

  const attend = (id: string, check: CheckState): void => {
    const needs = needsAttention(check);
    if (attention.has(id) === needs) return;
    const next = new Set(attention);
    if (needs) next.add(id);
    else next.delete(id);
    attention = next;
  };

  return {
    rules,
    now,
    watched: state.watched,
    bases: state.bases,
    check: (id) => checks.get(id) ?? checkState(state, id),
    attention: () => [...attention],
    open: () => [...open.values()],
    incident: (id) => (id === undefined ? undefined : open.get(id)),
    nextIncident: () => nextIncident,
    keep: (id, check) => {
      checks.set(id, check);
      attend(id, check);
      effects.push({ kind: "write", record: "state", id, state: check });
    },
    put: (incident) => {
      open = withIncident(open, incident);
      nextIncident = Math.max(nextIncident, incident.id + 1);
      effects.push({ kind: "write", record: "incident", incident });
    },
    event: (incident, event, text) => {
      effects.push({
        kind: "write",
        record: "event",
        incident,
        at: now,
        event,
        text,
      });
    },
    send: (message) => {
      effects.push({ kind: "log", line: message.subject }, { kind: "send", message });
    },
    hurry: (ids) => {
      if (ids.length > 0) effects.push({ kind: "hurry", checks: ids });
    },
    done: () => [
      {
        ...state,
        checks: withChanges(state.checks, checks),
        attention,
        open,
        nextIncident,
      },
      effects,
    ],
  };
};
