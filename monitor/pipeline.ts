import type { Check } from "@second-server/contract/check-settings";

import type { Clock } from "./adapters/clock";
import { checkState, isUnconfirmed } from "./alerts/alert-state";
import { type Alerting, createAlerting, type Performers } from "./alerts/alerting";
import type { AlertRules } from "./alerts/draft";
import type { BlindWindows } from "./checks/blind-windows";
import type { EventLoopLag, LagListener } from "./checks/event-loop-lag";
import type { Outcome } from "./checks/outcome";
import { createOwnNetwork, type OwnNetwork } from "./checks/own-network";
import type { PushChecks } from "./checks/push-checks";
import { runCheck } from "./checks/run";
import { createRunner, type Runner } from "./checks/runner";
import type { Schedule } from "./checks/schedule";
import type { Offline } from "./self/offline";
import { checksOf, pace, watchedOf } from "./settings";
import type { SettingsInForce } from "./settings-in-force";
import type { SavedState } from "./store/load-state";
import type { Sample } from "./store/writer";

export const resultNumbers = { pass: 0, fail: 1, unknown: 2 } as const;

export interface PipelineDeps {
  readonly clock: Clock;
  readonly settings: SettingsInForce;
  readonly schedule: Schedule;
  readonly lag: EventLoopLag;
  readonly offline: Offline;
  readonly blindWindows: BlindWindows;
  /** Checks that wait to be told. */
  readonly pushChecks: PushChecks;
  readonly rules: () => AlertRules;
  readonly effects: Performers;
  readonly sample: (sample: Sample) => void;
  /** Hears of each run that counts. */
  readonly listener: (check: Check, began: number, outcome: Outcome) => void;
}

export interface Pipeline {
  readonly alerting: Alerting;
  readonly runner: Pick<Runner, "runs" | "uncounted" | "sinceLastRunMs">;
  start(listener: LagListener): void;
  /** Once a second: alerting sees that time has passed. */
  tick(): void;
  /** The configuration was replaced: unchanged checks go on without a gap. */
  reload(): void;
  stop(): void;
}

/** 1. Schedule: which checks there are, how often each has its turn, and how long it may take. */
const planned = (settings: SettingsInForce): Parameters<Runner["load"]>[0] => {
  const config = settings.current();
  return checksOf(config).map((check) => ({ check, ...pace(check, config) }));
};

/** 2. Check: go and look, or see what was reported. */
const performer =
  (pushChecks: PushChecks) =>
  (check: Check, timeoutMs: number): Promise<Outcome> =>
    runCheck(check, timeoutMs, pushChecks);

/**
 * 3. Judge: a failure is believed only while this machine has a network, and was not held up itself
 * (that is the runner's).
 */
const networkJudge = ({ clock, settings, lag, offline, blindWindows }: PipelineDeps) => {
  const look = (): OwnNetwork => {
    const { network, alerts, timeoutSeconds, intervalSeconds } = settings.current();
    const places = network ?? [alerts.relay];
    return createOwnNetwork(places, clock, timeoutSeconds * 1000, intervalSeconds * 500);
  };
  let network = look();
  return {
    reload: () => {
      network = look();
    },
    isUp: async (): Promise<boolean> => {
      const up = await network.up();
      const timeoutMs = settings.current().timeoutSeconds * 1000;
      const wasHeldUp = lag.heldUpMs(clock.monotonic() - timeoutMs) > 0;
      const endedOutage = up || !wasHeldUp ? offline.seen(up) : undefined;
      if (endedOutage !== undefined) blindWindows.endNow(endedOutage);
      return up;
    },
  };
};

const watchedNow = (settings: SettingsInForce): Parameters<typeof createAlerting>[1] =>
  checksOf(settings.current()).map((check) => watchedOf(check, settings.current()));

/**
 * The way of a check through the monitor: its schedule says when, it looks or waits to be told, the
 * judge says whether a failure is believed, alerting says what follows from it, and the effects are
 * carried out.
 */
export const createPipeline = (deps: PipelineDeps, saved: SavedState): Pipeline => {
  const { clock, settings, schedule, lag, offline, effects, rules, sample } = deps;

  // 4. Alert, and 5. effects: alerting's step is a pure function; what it wants done is carried out
  // here.
  const alerting = createAlerting(
    { ...effects, rules, now: () => clock.now() },
    watchedNow(settings),
    saved,
  );

  const network = networkJudge(deps);
  const took = (check: Check, began: number, outcome: Outcome): boolean => {
    if (outcome.result === "pass" && offline.since() !== undefined) void network.isUp();
    alerting.happened({ kind: "ran", check: check.id, began, outcome });
    deps.listener(check, began, outcome);
    const state = alerting.state();
    // What was never up is being set up: that is no downtime.
    const isNew = checkState(state, check.id).newSince !== undefined;
    sample({
      check: check.id,
      t: Math.floor(began / 1000),
      result: resultNumbers[isNew ? "unknown" : outcome.result],
      ms: outcome.ms,
    });
    return isUnconfirmed(state, check.id, outcome);
  };
  const runner = createRunner({
    clock,
    schedule,
    lag,
    perform: performer(deps.pushChecks),
    networkUp: network.isUp,
    took,
  });

  return {
    alerting,
    runner,
    start: (listener) => {
      runner.load(planned(settings));
      lag.start(listener);
    },
    tick: () => alerting.happened({ kind: "tick" }),
    reload: () => {
      network.reload();
      alerting.happened({ kind: "checks", watched: watchedNow(settings) });
      runner.load(planned(settings));
    },
    stop: () => {
      runner.stop();
      lag.stop();
    },
  };
};
