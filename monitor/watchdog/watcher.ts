import { dirname, join } from "node:path";

import type { Check, WatchdogConfig } from "@second-server/contract/observatory";

import { transportOf } from "../adapters/channels";
import type { Clock } from "../adapters/clock";
import type { Log } from "../adapters/log";
import { createMessageQueue } from "../adapters/message-queue";
import { isUnconfirmed } from "../alerts/alert-state";
import { createAlerting } from "../alerts/alerting";
import type { AlertRules } from "../alerts/draft";
import { active } from "../alerts/maintenance";
import { createEventLoopLag } from "../checks/event-loop-lag";
import { createOwnNetwork } from "../checks/own-network";
import { runCheck } from "../checks/run";
import { createRunner } from "../checks/runner";
import { createSchedule } from "../checks/schedule";
import { openFileJournal } from "./file-journal";

/** The primary watches the watcher the same way it is watched, and sends by itself. @returns how to end it. */
export const watchWatcher = (
  config: WatchdogConfig,
  watcher: NonNullable<WatchdogConfig["watcher"]>,
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
      transports: () =>
        [{ kind: "smtp", ...watcher.alerts } as const, ...(watcher.alerts.fallback ?? [])].map(
          transportOf,
        ),
    },
    kept,
  );
  const network = createOwnNetwork(
    watcher.network ?? [watcher.alerts.relay],
    clock,
    config.timeoutSeconds * 1000,
    config.intervalSeconds * 500,
  );
  const rules: AlertRules = {
    fleet: watcher.fleet,
    link: () => watcher.url,
    patienceMs: 2 * config.intervalSeconds * 1000,
    remindMs: (watcher.alerts.remindMinutes ?? 240) * 60_000,
    flapsPerHour: watcher.alerts.flapsPerHour ?? 6,
    maintenance: (now) => active(watcher.alerts.maintenance ?? [], [], now),
  };
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
    watcher.checks.map((check) => ({
      id: check.id,
      service: check.service,
      layer: check.layer ?? "service",
      machine: "watcher",
      check,
      rule: {
        failAfter: check.failAfter ?? config.failAfter,
        passAfter: check.passAfter ?? watcher.passAfter,
      },
    })),
    kept,
  );
  const lag = createEventLoopLag(clock);
  lag.start();
  const runner = createRunner({
    clock,
    schedule,
    perform,
    lag,
    networkUp: () => network.up(),
    took: (check, began, outcome) => {
      alerting.happened({ kind: "ran", check: check.id, began, outcome });
      return isUnconfirmed(alerting.state(), check.id, outcome);
    },
  });
  runner.load(
    watcher.checks.map((check) => {
      const intervalMs = (check.intervalSeconds ?? config.intervalSeconds) * 1000;
      return {
        check,
        intervalMs,
        timeoutMs: Math.min(
          (check.timeoutSeconds ?? config.timeoutSeconds) * 1000,
          intervalMs * 0.9,
        ),
      };
    }),
  );
  queue.start();
  const turn = (): void => {
    alerting.happened({ kind: "tick" });
    timer = clock.after(5000, turn);
  };
  let timer = clock.after(5000, turn);
  return () => {
    timer.cancel();
    runner.stop();
    lag.stop();
    queue.stop();
  };
};
