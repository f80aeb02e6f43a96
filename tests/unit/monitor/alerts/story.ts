import type { Check, Layer } from "@second-server/contract/check-settings";

import type { Remembered } from "../../../../monitor/alerts/alert-state";
import { type Alerting, createAlerting } from "../../../../monitor/alerts/alerting";
import type { CheckState, Watched } from "../../../../monitor/alerts/check-state";
import type { AlertRules } from "../../../../monitor/alerts/draft";
import type { Incident, Journal } from "../../../../monitor/alerts/incident";
import type { Message } from "../../../../monitor/alerts/messages";
import type { Outcome } from "../../../../monitor/checks/outcome";
import { FakeClock } from "../fake-clock";

/**
 * What a restart finds: the same records that the database keeps, passed through JSON as it does.
 */
class Memory implements Journal {
  readonly states = new Map<string, string>();
  readonly incidents = new Map<number, string>();
  readonly events: string[] = [];
  state(id: string, state: CheckState): void {
    this.states.set(id, JSON.stringify(state));
  }
  incident(incident: Incident): void {
    this.incidents.set(incident.id, JSON.stringify(incident));
  }
  event(incident: number, _at: number, kind: string, text: string): void {
    this.events.push(`${incident} ${kind} ${text}`.trim());
  }

  kept(): Remembered {
    const incidents = [...this.incidents.values()].map((json) => JSON.parse(json) as Incident);
    return {
      states: new Map([...this.states].map(([id, json]) => [id, JSON.parse(json) as CheckState])),
      open: incidents.filter(({ closed }) => closed === undefined),
      nextIncident: Math.max(0, ...incidents.map(({ id }) => id)) + 1,
    };
  }
}

/** What a machine's check of itself says when nothing can be written there any more. */
export const FULL = "disk 100 %";
export const host = (machine: "primary" | "watcher" = "primary"): Watched => ({
  ...watch(`${machine}/host`, "data"),
  service: undefined,
  machine,
  check: { kind: "host", id: `${machine}/host`, machine, limits: { diskPercent: 90 } },
});
export const backup = (): Watched => ({
  ...watch("backup", "data"),
  service: undefined,
  machine: "watcher",
  check: { kind: "backup", id: "backup", statusFile: "status.json", maxAgeSeconds: 7200 },
});

export const watch = (id: string, layer: Layer = "service", failAfter = 3): Watched => ({
  id,
  service: id,
  layer,
  machine: "primary",
  rule: { failAfter, passAfter: 2 },
  check: { kind: "tcp", id, host: "192.0.2.1", port: 1 } satisfies Check,
});

/** What fails, and how: by its words alone, or with what it failed at. */
export type Failures = Readonly<Record<string, string | Partial<Outcome>>>;

const outcomeOf = (failure: Failures[string] | undefined): Outcome => {
  if (failure === undefined) return { result: "pass", ms: 5 };
  const { error = "", ...more } = typeof failure === "string" ? { error: failure } : failure;
  const exhausted = error.startsWith(FULL) || undefined;
  return {
    result: "fail",
    ms: 5,
    error,
    exhausted,
    ...more,
  };
};

/** A fleet whose checks answer what the story says, every ten seconds. */
export class Story {
  readonly clock = new FakeClock();
  readonly memory = new Memory();
  readonly sent: Message[] = [];
  readonly hurried: string[] = [];
  #alerts: Alerting;

  constructor(
    readonly watched: readonly Watched[],
    readonly more: Partial<AlertRules> = {},
  ) {
    this.#alerts = this.#start();
  }

  /** A fleet that has been up before: what was never up is silent for a while. */
  static async settled(
    watched: readonly Watched[],
    more: ConstructorParameters<typeof Story>[1] = {},
  ): Promise<Story> {
    const story = new Story(watched, more);
    await story.round();
    return story;
  }

  get alerts(): Alerting {
    return this.#alerts;
  }
  subjects(): string[] {
    return this.sent.map(({ subject }) => subject);
  }

  restart(): void {
    this.#alerts = this.#start();
  }

  ran(check: string, failure?: Failures[string]): void {
    const outcome = outcomeOf(failure);
    this.#alerts.happened({ kind: "ran", check, began: this.clock.now(), outcome });
  }

  /** One round: those named fail, the rest pass; ten seconds go by. */
  async round(failing: Failures = {}, order = this.watched.map(({ id }) => id)): Promise<void> {
    for (const id of order) this.ran(id, failing[id]);
    for (let second = 0; second < 10; second += 1) {
      await this.clock.pass(1000);
      this.#alerts.happened({ kind: "tick" });
    }
  }

  async rounds(count: number, failing: Failures = {}, order?: readonly string[]): Promise<void> {
    for (let round = 0; round < count; round += 1)
      await this.round(failing, order ? [...order] : undefined);
  }

  #start(): Alerting {
    const rules: AlertRules = {
      fleet: "lab",
      patienceMs: 20_000,
      roundMs: 10_000,
      remindMs: 4 * 3_600_000,
      flapsPerHour: 6,
      link: (incident) => `https://status.example.test/incident/${incident}`,
      maintenance: () => [],
      ...this.more,
    };
    return createAlerting(
      {
        rules: () => rules,
        now: () => this.clock.now(),
        journal: this.memory,
        log: () => undefined,
        send: (message) => {
          this.sent.push(message);
        },
        hurry: (id) => {
          this.hurried.push(id);
        },
      },
      this.watched,
      this.memory.kept(),
    );
  }
}
