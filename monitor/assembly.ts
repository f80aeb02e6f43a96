import type { Check, ObservatoryConfig, UnitCheck } from "@second-server/contract/observatory";

import { carrierOf } from "./adapters/channels";
import type { Clock } from "./adapters/clock";
import { type Key, loadKey } from "./adapters/key";
import { type Log, reason } from "./adapters/log";
import { Outbox } from "./adapters/outbox";
import { checkState, isExhausted, isUnconfirmed, watchedChecks } from "./alerts/alert-state";
import { createAlerting, type Alerting } from "./alerts/alerting";
import type { AlertRules } from "./alerts/draft";
import { active, type Window } from "./alerts/maintenance";
import { type Message, noteMessage, type Row } from "./alerts/messages";
import { Offline } from "./alerts/offline";
import { Strain } from "./alerts/strain";
import { type BlindWindows, createBlindWindows } from "./checks/blind-windows";
import { createEventLoopLag, type EventLoopLag, type TimeUpset } from "./checks/event-loop-lag";
import type { MachineReport } from "./checks/host";
import { ask } from "./checks/http";
import type { Outcome } from "./checks/outcome";
import { createOwnNetwork, type OwnNetwork } from "./checks/own-network";
import { runCheck } from "./checks/run";
import { createRunner, type Runner } from "./checks/runner";
import { createSchedule, type Schedule } from "./checks/schedule";
import { isTold, Tellers } from "./checks/told";
import { incidentLink } from "./page/links";
import { checksOf, pace, watchedOf } from "./settings";
import type { Database } from "./store/database";
import type { SavedState } from "./store/load-state";
import { createRollups, type Rollups } from "./store/rollups";
import { createStateStore, type StateStore } from "./store/save-state";
import { createWriter, type Writer } from "./store/writer";

export const resultNumbers = { pass: 0, fail: 1, unknown: 2 } as const;

/** So long a storage that fails may take to be told by this program itself. */
const STORAGE_GRACE_MS = 150_000;

/** So long a message may wait before the outside switch is left to alarm. */
const STUCK_MS = 15 * 60_000;

/** The Observatory's parts, put together. Nothing runs until `start`. */
export class Assembly {
  readonly writer: Writer;
  readonly store: StateStore;
  readonly rollups: Rollups;
  readonly key: Key;
  readonly outbox: Outbox;
  readonly runner: Runner;
  readonly schedule: Schedule;
  readonly lag: EventLoopLag;
  readonly strain: Strain;
  readonly alerts: Alerting;
  readonly offline: Offline;
  readonly blindWindows: BlindWindows;
  readonly tellers: Tellers;
  readonly startedAt: number;
  /** Maintenance set while running, by a deploy, an upgrade or an operator. */
  windows: readonly Window[];
  network: OwnNetwork;
  /** Asks the outside switch; a test listens instead. */
  ping = async (url: string): Promise<void> => {
    const { status } = await ask(new URL(url), {}, 10_000);
    if (status < 200 || status > 299) throw new Error(`HTTP ${status}`);
  };
  #storageFails = false;
  #storageTold = false;
  /** By the alert about this machine's full disk. */
  #storageByHost = false;
  #deadManDue = 0;

  constructor(
    public config: ObservatoryConfig,
    readonly database: Database,
    kept: SavedState,
    readonly clock: Clock,
    readonly log: Log,
  ) {
    this.startedAt = clock.now();
    this.writer = createWriter(database, clock, log);
    this.store = createStateStore(this.writer);
    this.rollups = createRollups(database, clock, log);
    this.key = loadKey(config.signingKeyFile, config.database);
    this.windows = kept.windows;
    this.outbox = new Outbox(
      {
        clock,
        log,
        shelf: this.store,
        carriers: () =>
          [
            { kind: "smtp", ...this.config.alerts } as const,
            ...(this.config.alerts.fallback ?? []),
          ].map(carrierOf),
        origin: "observatory",
      },
      kept,
    );
    this.offline = new Offline(
      {
        fleet: config.fleet,
        url: config.statusUrl,
        now: () => clock.now(),
        keep: (start) => this.store.meta("offline", start),
        send: (message) => this.send(message),
        over: (from) => this.blindWindows.endNow(from),
        leastMs: config.failAfter * config.intervalSeconds * 1000,
      },
      kept.offline,
    );
    this.blindWindows = createBlindWindows(
      {
        now: () => clock.now(),
        since: () => this.offline.since(),
        keep: (windows) => this.store.meta("deaf", windows),
      },
      kept.deaf,
    );
    if (kept.lastRunAt !== undefined) this.blindWindows.endNow(kept.lastRunAt);
    this.network = this.#places();
    this.tellers = new Tellers(
      {
        now: () => clock.now(),
        keep: (all) => this.store.meta("beats", all),
        gaps: () => this.blindWindows.all(),
        units: () => this.#ownUnits(),
        hostIsWatched: () =>
          checksOf(this.config).some(
            ({ kind, machine }) => kind === "host" && machine !== "watcher",
          ),
      },
      kept.beats,
    );
    this.strain = new Strain({
      now: () => clock.monotonic(),
      note: (lead, rows) => this.#note(lead, rows),
    });
    this.schedule = createSchedule(clock);
    this.lag = createEventLoopLag(clock);
    this.runner = createRunner({
      clock,
      schedule: this.schedule,
      lag: this.lag,
      perform: (check, timeoutMs) =>
        isTold(check) ? this.tellers.perform(check) : runCheck(check, timeoutMs),
      networkUp: () => this.#networkUp(),
      took: (check, began, outcome) => this.#took(check, began, outcome),
    });
    this.alerts = createAlerting(
      {
        now: () => clock.now(),
        journal: this.store,
        send: (message) => this.outbox.add(message),
        log: (line) => log.warn(line),
        hurry: (id) => this.schedule.hurry(id),
        rules: () => this.#rules(),
      },
      checksOf(config).map((check) => watchedOf(check, config)),
      kept,
    );
  }

  #rules(): AlertRules {
    const { fleet, intervalSeconds, alerts } = this.config;
    return {
      fleet,
      link: (incident, now) => incidentLink(this.key, this.base(), incident, now),
      patienceMs: 2 * intervalSeconds * 1000,
      remindMs: (alerts.remindMinutes ?? 240) * 60_000,
      flapsPerHour: alerts.flapsPerHour ?? 6,
      maintenance: () => this.maintenance(),
    };
  }

  base(): string {
    return this.config.statusUrl.endsWith("/")
      ? this.config.statusUrl
      : `${this.config.statusUrl}/`;
  }

  maintenance(): readonly Window[] {
    return active(this.config.alerts.maintenance ?? [], this.windows, this.clock.now());
  }

  /** Ended windows are dropped on the way. */
  setWindows(windows: readonly Window[]): void {
    this.windows = windows.filter(({ to }) => to > this.clock.now());
    this.store.meta("windows", this.windows);
  }

  send(message: Message): void {
    this.log.warn(message.subject);
    this.outbox.add(message);
  }

  start(): void {
    this.runner.load(
      checksOf(this.config).map((check) => ({ check, ...pace(check, this.config) })),
    );
    this.outbox.start();
    this.lag.start({ upset: (upset) => this.#upset(upset), tick: () => this.tick() });
  }

  /** Once a second: what waits for time to pass. */
  tick(): void {
    this.alerts.happened({ kind: "tick" });
    this.strain.seen({
      lateMs: this.schedule.backlog().lateMs,
      heldUpMs: this.lag.heldUpMs(this.clock.monotonic() - 60_000),
      uncounted: this.runner.uncounted(),
    });
    this.#storage();
    this.#deadMan();
  }

  /** Checks run, and what they find is written or the failure to write is known: what systemd and the outside switch are told. A write that hangs is neither. */
  well(): boolean {
    const patienceMs = 4 * this.config.intervalSeconds * 1000 + 10_000;
    const { lastTry } = this.writer.status();
    return (
      lastTry !== undefined &&
      this.clock.monotonic() - lastTry < patienceMs &&
      this.runner.sinceLastRunMs() < patienceMs
    );
  }

  /** The primary says how it is. */
  heard(report: MachineReport): void {
    if (this.tellers.report(report)) this.#hurryHost("primary");
  }

  /** Whether what is wrong with the storage is, or is about to be, known by this program's own alert; if not, somebody else has to say it. */
  tellsOfStorage(): boolean {
    const { ok, since } = this.writer.status();
    return (
      ok ||
      this.clock.monotonic() - (since ?? 0) < STORAGE_GRACE_MS ||
      (this.#storageTold && this.outbox.waiting().length === 0)
    );
  }

  stop(): void {
    this.runner.stop();
    this.lag.stop();
    this.rollups.stop();
    this.outbox.stop();
  }

  /** Unchanged checks go on without a gap. */
  reload(config: ObservatoryConfig): void {
    this.config = config;
    this.network = this.#places();
    this.alerts.happened({
      kind: "checks",
      watched: checksOf(config).map((check) => watchedOf(check, config)),
    });
    this.start();
  }

  #hurryHost(machine: "primary" | "watcher"): void {
    for (const { id, check, machine: its } of watchedChecks(this.alerts.state()))
      if (check.kind === "host" && its === machine) this.schedule.hurry(id);
  }

  #ownUnits(): readonly string[] {
    return checksOf(this.config)
      .filter((check) => check.kind === "unit" && check.machine === "watcher")
      .map((check) => (check as UnitCheck).unit);
  }

  #places(): OwnNetwork {
    const { network, alerts, timeoutSeconds, intervalSeconds } = this.config;
    return createOwnNetwork(
      network ?? [alerts.relay],
      this.clock,
      timeoutSeconds * 1000,
      intervalSeconds * 500,
    );
  }

  /** The outside switch alarms when it hears nothing, so a failure to reach it is only noted. It is the last that can speak when no message leaves any more. */
  #deadMan(): void {
    const { deadMan } = this.config.alerts;
    if (
      deadMan === undefined ||
      this.clock.monotonic() < this.#deadManDue ||
      !this.well() ||
      this.outbox.stuckMs() > STUCK_MS
    )
      return;
    this.#deadManDue = this.clock.monotonic() + (deadMan.intervalSeconds ?? 60) * 1000;
    this.ping(deadMan.url).catch((error: unknown) =>
      this.log.warn(`dead-man's switch: ${reason(error)}`),
    );
  }

  /** A clock that is ahead of before has left out a time in which nobody was heard, whether it was set or the machine slept. */
  #upset(upset: TimeUpset): void {
    this.blindWindows.endNow(this.clock.now() - upset.ms);
    this.strain.upset(upset);
  }

  #note(lead: string, rows: readonly Row[]): void {
    this.send(noteMessage(this.config.fleet, lead, rows, this.base()));
  }

  /** A full or broken disk stops neither checks nor alerts, but it has to be known. A full one is the host check's to tell. */
  #storage(): void {
    const { ok, error, since, dropped } = this.writer.status();
    if (!ok && !this.#storageFails) this.#hurryHost("watcher");
    this.#storageFails = !ok;
    if (
      !ok &&
      !this.#storageTold &&
      since !== undefined &&
      this.clock.monotonic() - since > 60_000
    ) {
      this.#storageTold = true;
      if (isExhausted(this.alerts.state(), "watcher")) this.#storageByHost = true;
      else
        this.#note("The monitor can't write its history", [
          ["Error", error ?? ""],
          [
            "Affects",
            "nothing that visitors see: checks and alerts go on in memory; a restart now would forget what is new",
          ],
          [
            "To do",
            "is the disk full? ./fleet ssh watcher -- df -h /; then ./fleet logs watcher observatory.service",
          ],
        ]);
    }
    if (ok && this.#storageTold) {
      if (!this.#storageByHost || dropped > 0)
        this.#note("The monitor writes its history again", [["Samples lost", String(dropped)]]);
      this.#storageTold = this.#storageByHost = false;
    }
  }

  async #networkUp(): Promise<boolean> {
    const up = await this.network.up();
    const heldUp =
      this.lag.heldUpMs(this.clock.monotonic() - this.config.timeoutSeconds * 1000) > 0;
    if (up || !heldUp) this.offline.seen(up);
    return up;
  }

  #took(check: Check, began: number, outcome: Outcome): boolean {
    if (outcome.result === "pass" && this.offline.since() !== undefined) void this.#networkUp();
    this.alerts.happened({ kind: "ran", check: check.id, began, outcome });
    const state = this.alerts.state();
    // What was never up is being set up: that is no downtime.
    const result = checkState(state, check.id).newSince === undefined ? outcome.result : "unknown";
    this.writer.sample({
      check: check.id,
      t: Math.floor(began / 1000),
      result: resultNumbers[result],
      ms: outcome.ms,
    });
    return isUnconfirmed(state, check.id, outcome);
  }
}
