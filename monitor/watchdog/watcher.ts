import { dirname, join } from "node:path";

import type { Check } from "@second-server/contract/check-settings";
import type { WatchdogConfig } from "@second-server/contract/observatory";

import type { Clock } from "../adapters/clock";
import type { Log } from "../adapters/log";
import { createMessageQueue } from "../adapters/message-queue";
import { transportsOf } from "../adapters/transport";
import { isUnconfirmed } from "../alerts/alert-state";
import { createAlerting } from "../alerts/alerting";
import type { Watched } from "../alerts/check-state";
import type { AlertRules } from "../alerts/draft";
import { active } from "../alerts/maintenance";
import { createEventLoopLag } from "../checks/event-loop-lag";
import type { Outcome } from "../checks/outcome";
import { createOwnNetwork, type OwnNetwork } from "../checks/own-network";
import { runCheck } from "../checks/run";
import { createRunner, type Runner } from "../checks/runner";
import { createSchedule } from "../checks/schedule";
import { absence } from "./absence";
import { openFileJournal } from "./file-journal";

type Watcher = NonNullable<WatchdogConfig["watcher"]>;

const rulesOf = (
  config: WatchdogConfig,
  { fleet, url, alerts }: Watcher,
  log: Log,
): AlertRules => ({
  fleet,
  link: () => url,
  patienceMs: 2 * config.intervalSeconds * 1000,
  roundMs: (config.intervalSeconds + config.timeoutSeconds) * 1000,
  remindMs: (alerts.remindMinutes ?? 240) * 60_000,
  flapsPerHour: alerts.flapsPerHour ?? 6,
  maintenance: (now) => active(alerts.maintenance ?? [], absence(config, log, now), now),
});

const watchedOf = (config: WatchdogConfig, watcher: Watcher, check: Check): Watched => ({
  id: check.id,
  service: check.service,
  layer: check.layer ?? "service",
  machine: "watcher",
  check,
  rule: {
    failAfter: check.failAfter ?? config.failAfter,
    passAfter: check.passAfter ?? watcher.passAfter,
  },
});

const plannedOf = (config: WatchdogConfig, check: Check): Parameters<Runner["load"]>[0][number] => {
  const intervalMs = (check.intervalSeconds ?? config.intervalSeconds) * 1000;
  const timeoutMs = (check.timeoutSeconds ?? config.timeoutSeconds) * 1000;
  return { check, intervalMs, timeoutMs: Math.min(timeoutMs, intervalMs * 0.9) };
};

const networkOf = (config: WatchdogConfig, watcher: Watcher, clock: Clock): OwnNetwork =>
  createOwnNetwork(
    watcher.network ?? [watcher.alerts.relay],
    clock,
    config.timeoutSeconds * 1000,
    config.intervalSeconds * 500,
  );

/** For so long a watcher whose name is lost is taken to be well. */
const NAMELESS_MS = 10 * 60_000;

/**
 * A name that can't be resolved says nothing of the watcher itself, which sees that, too, and tells
 * it as DNS. Only a name that stays lost is told from here: the watcher may be gone with it.
 */
const createNames = (clock: Clock): ((id: string, outcome: Outcome) => Outcome) => {
  const lostSince = new Map<string, number>();
  return (id, outcome) => {
    if (outcome.result === "unknown") return outcome;
    if (outcome.stage !== "name") {
      lostSince.delete(id);
      return outcome;
    }
    const since = lostSince.get(id) ?? clock.monotonic();
    lostSince.set(id, since);
    return clock.monotonic() - since < NAMELESS_MS ? { ...outcome, result: "unknown" } : outcome;
  };
};

/** @returns how to end it. */
const repeatedly = (clock: Clock, everyMs: number, work: () => void): (() => void) => {
  const turn = (): void => {
    work();
    timer = clock.after(everyMs, turn);
  };
  let timer = clock.after(everyMs, turn);
  return () => timer.cancel();
};

/**
 * The primary watches the watcher the same way it is watched, and sends by itself. @returns how to
 * end it.
 */
export const watchWatcher = (
  config: WatchdogConfig,
  watcher: Watcher,
  clock: Clock,
  log: Log,
  perform: (check: Check, timeoutMs: number) => ReturnType<typeof runCheck> = runCheck,
): (() => void) => {
  const journal = openFileJournal(join(dirname(config.stateFile), "watcher.json"), log);
  const kept = journal.remembered();
  const queue = createMessageQueue(
    {
      clock,
      log,
      store: journal,
      origin: "watchdog",
      transports: () => transportsOf(watcher.alerts),
    },
    kept,
  );
  const network = networkOf(config, watcher, clock);
  const rules = rulesOf(config, watcher, log);
  const schedule = createSchedule(clock);
  const alerting = createAlerting(
    {
      rules: () => rules,
      now: () => clock.now(),
      journal,
      hurry: (id) => schedule.hurry(id),
      send: (message) => queue.add(message),
      log: (line) => log.warn(line),
    },
    watcher.checks.map((check) => watchedOf(config, watcher, check)),
    kept,
  );
  const names = createNames(clock);
  const lag = createEventLoopLag(clock);
  lag.start();
  const runner = createRunner({
    clock,
    schedule,
    perform,
    lag,
    networkUp: () => network.up(),
    took: (check, began, found) => {
      const outcome = names(check.id, found);
      alerting.happened({ kind: "ran", check: check.id, began, outcome });
      return isUnconfirmed(alerting.state(), check.id, outcome);
    },
  });
  runner.load(watcher.checks.map((check) => plannedOf(config, check)));
  queue.start();
  const endTicks = repeatedly(clock, 5000, () => alerting.happened({ kind: "tick" }));
  return () => {
    endTicks();
    runner.stop();
    lag.stop();
    queue.stop();
  };
};
