import type { Check, Layer } from "@second-server/contract/check-settings";

import { isUnconfirmed } from "../../../../monitor/alerts/alert-state";
import { type Alerting, createAlerting } from "../../../../monitor/alerts/alerting";
import type { Watched } from "../../../../monitor/alerts/check-state";
import type { Message } from "../../../../monitor/alerts/messages";
import type { Outcome } from "../../../../monitor/checks/outcome";

/** Random, and the same for the same seed (mulberry32). */
export const seeded = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

export type Wrong = "502" | "silent" | "record gone" | "not in the certificate";

/** What is really the matter. */
export interface Truth {
  dns?: "SERVFAIL" | "silent";
  primary?: "dark";
  nginx?: "stopped";
  certificate?: "expired";
  readonly services: Map<string, Wrong>;
}

export const SERVICES = ["blog", "chat", "forth", "lisp", "pad", "wiki"] as const;
const ROUND_MS = 10_000;
const TIMEOUT_MS = 5_000;
/** As systemd-resolved and the monitor itself remember an answer. */
const CACHE_MS = 60_000;

const watched = (id: string, layer: Layer, more: Partial<Watched> = {}): Watched => ({
  id,
  layer,
  machine: "primary",
  inZone: true,
  rule: { failAfter: 3, passAfter: 2 },
  check: { kind: "tcp", id, host: "192.0.2.1", port: 1 } satisfies Check,
  ...more,
});

export const CHECKS: readonly Watched[] = [
  watched("primary", "primary"),
  watched("dns", "dns"),
  watched("nginx", "nginx"),
  watched("certificate", "certificate"),
  watched("status-certificate", "certificate", { machine: "watcher" }),
  ...SERVICES.map((id) => watched(id, "service", { service: id })),
];

const fail = (error: string, more: Partial<Outcome>): Outcome => ({
  result: "fail",
  ms: 5,
  error,
  ...more,
});
const PASS: Outcome = { result: "pass", ms: 5 };
const OWN_NAME = "primary";
const nameOf = (id: string): string =>
  id === "dns" || id === "nginx" || id === "certificate" ? OWN_NAME : id;

/**
 * A fleet with faults, looked at as the monitor does: each check by its own timer, confirmed sooner
 * after a failure, asked at once where alerting wants it, and slow where nothing answers.
 */
export class World {
  now = Date.parse("2026-03-01T12:00:00Z");
  readonly truth: Truth = { services: new Map() };
  readonly sent: { readonly at: number; readonly message: Message }[] = [];
  /** Since when each check would fail for one and the same reason, by the truth. */
  readonly #known = new Map<string, number>();
  readonly #due = new Map<string, number>();
  readonly #running = new Map<
    string,
    { readonly began: number; readonly end: number; readonly outcome: Outcome }
  >();
  readonly alerting: Alerting;

  constructor(readonly random: () => number) {
    this.alerting = createAlerting(
      {
        rules: () => ({
          fleet: "lab",
          link: (incident) => `https://status.example.test/incident/${incident}`,
          patienceMs: 2 * ROUND_MS,
          roundMs: ROUND_MS + TIMEOUT_MS,
          remindMs: 0,
          flapsPerHour: 1000,
          maintenance: () => [],
        }),
        now: () => this.now,
        journal: { state: () => undefined, incident: () => undefined, event: () => undefined },
        log: () => undefined,
        send: (message) => void this.sent.push({ at: this.now, message }),
        hurry: (id) => {
          if (!this.#running.has(id)) this.#due.set(id, this.now);
        },
      },
      CHECKS,
      { states: new Map(), open: [], nextIncident: 1 },
    );
    for (const { id } of CHECKS) this.#due.set(id, this.now + random() * ROUND_MS);
  }

  /** Lets time pass, a tenth of a second at a time. */
  pass(ms: number): void {
    const until = this.now + ms;
    for (; this.now < until; this.now += 100) {
      for (const [id, run] of this.#running) if (run.end <= this.now) this.#ended(id, run);
      for (const [id, due] of this.#due)
        if (due <= this.now && !this.#running.has(id)) this.#begin(id);
      if (this.now % 1000 === 0) this.alerting.happened({ kind: "tick" });
    }
  }

  #begin(id: string): void {
    const outcome = this.#look(id);
    const ms = outcome.late === true ? TIMEOUT_MS : 20 + this.random() * 80;
    this.#running.set(id, { began: this.now, end: this.now + ms, outcome });
    this.#due.set(id, this.now + ROUND_MS * (0.95 + this.random() * 0.1));
  }

  #ended(
    id: string,
    { began, outcome }: { readonly began: number; readonly outcome: Outcome },
  ): void {
    this.#running.delete(id);
    this.alerting.happened({ kind: "ran", check: id, began, outcome });
    if (isUnconfirmed(this.alerting.state(), id, outcome))
      this.#due.set(id, began + (ROUND_MS * 2) / 3);
  }

  /** A name is answered from memory until that has run out. */
  #name(id: string): Outcome | undefined {
    const name = nameOf(id);
    if (this.now - (this.#known.get(name) ?? -Infinity) < CACHE_MS) return undefined;
    const { dns, services } = this.truth;
    if (dns === "SERVFAIL") return fail("name server failed", { stage: "name" });
    if (dns === "silent") return fail("the name was not resolved", { stage: "name", late: true });
    if (services.get(name) === "record gone") return fail("name not found", { stage: "name" });
    this.#known.set(name, this.now - this.random() * CACHE_MS);
    return undefined;
  }

  #look(id: string): Outcome {
    const unnamed = this.#name(id);
    if (unnamed !== undefined) return unnamed;
    const { primary, nginx, certificate, services } = this.truth;
    const wrong = services.get(id);
    if (id === "dns" || id === "status-certificate") return PASS;
    if (primary === "dark") return fail("no connection", { stage: "connection", late: true });
    if (id === "primary") return PASS;
    if (nginx === "stopped") return fail("connection refused", { stage: "connection" });
    if (certificate === "expired" || wrong === "not in the certificate")
      return fail("certificate does not verify", { stage: "certificate" });
    if (wrong === "502") return fail("HTTP 502, expected 200", { stage: "answer" });
    if (wrong === "silent") return fail("no answer within 5 s", { stage: "answer", late: true });
    return PASS;
  }
}

/** The names that a message tells of, from its first row. */
export const namesIn = ({ text }: Message): readonly string[] =>
  (/^What(?: \(\d+\))?: (.*)$/m.exec(text)?.[1] ?? "").split(", ");
