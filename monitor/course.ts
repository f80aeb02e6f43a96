import { CHECKS, copyCheck } from "@second-server/contract/checks";
import type { ObservatoryConfig } from "@second-server/contract/observatory";
import type { Role } from "@second-server/contract/roles";

import { type Key } from "./adapters/key";
import { watchedChecks } from "./alerts/alert-state";
import type { AlertRules } from "./alerts/draft";
import { covering } from "./alerts/maintenance";
import { createEventLoopLag, type EventLoopLag } from "./checks/event-loop-lag";
import { createSchedule, type Schedule } from "./checks/schedule";
import { type Failover, openFailover } from "./failover/failover";
import { type Foundation, type FoundationDeps } from "./foundation";
import { incidentLink } from "./page/links";
import { createPassiveChecks, type PassiveChecks } from "./passive-checks";
import { createPipeline, type Pipeline } from "./pipeline";
import { baseUrl } from "./view/view";

const rulesFrom = (
  config: ObservatoryConfig,
  key: Key,
  maintenance: AlertRules["maintenance"],
): AlertRules => ({
  fleet: config.fleet,
  link: (incident, now) => incidentLink(key, baseUrl(config), incident, now),
  patienceMs: 2 * config.intervalSeconds * 1000,
  roundMs: (config.intervalSeconds + config.timeoutSeconds) * 1000,
  remindMs: (config.alerts.remindMinutes ?? 240) * 60_000,
  flapsPerHour: config.alerts.flapsPerHour ?? 6,
  maintenance,
});

/** How checks run, and what follows from them. */
export interface Course extends PassiveChecks {
  readonly schedule: Schedule;
  readonly lag: EventLoopLag;
  readonly pipeline: Pipeline;
  /** Has the check of this machine's memory and disk run now. */
  readonly hurryHost: (machine: Role) => void;
  readonly failover: Failover | undefined;
}

/** Undefined where the watcher never takes over. */
const failoverOf = (
  { clock, log, config }: FoundationDeps,
  { settings, windows, note }: Foundation,
): Failover | undefined => {
  const { failover } = config;
  if (failover === undefined) return undefined;
  return openFailover({
    config: () => settings.current().failover ?? failover,
    clock,
    log,
    note,
    copied: () =>
      settings
        .current()
        .checks.flatMap(({ kind, id }) =>
          kind === "drift" && id.startsWith(copyCheck("")) ? [id.slice(copyCheck("").length)] : [],
        ),
    // A deploy, a reboot, a recovery, or an operator at work.
    quiet: () => {
      const now = windows.active(clock.now());
      const all = covering(now, { machine: "primary" });
      return (all ?? now.find(({ by }) => by === "primary"))?.title;
    },
  });
};

export const createCourse = (deps: FoundationDeps, base: Foundation): Course => {
  const { saved, clock, log } = deps;
  const failover = failoverOf(deps, base);
  const { settings, key, writer, store, queue, send, windows } = base;
  const passiveChecks = createPassiveChecks(
    {
      clock,
      settings,
      store,
      send,
      note: base.note,
    },
    saved,
  );
  const schedule = createSchedule(clock);
  const lag = createEventLoopLag(clock);
  const pipeline = createPipeline(
    {
      clock,
      settings,
      schedule,
      lag,
      ...passiveChecks,
      rules: () => rulesFrom(settings.current(), key, (now) => windows.active(now)),
      effects: {
        journal: store,
        send: (message) => queue.add(message),
        hurry: (check) => schedule.hurry(check),
        log: (line) => log.warn(line),
      },
      sample: (sample) => writer.sample(sample),
      listener: ({ id }, began, outcome) => {
        if (id === CHECKS.nginx) failover?.seen("ping", began, outcome);
        else if (id === settings.current().primary.id) failover?.seen("host", began, outcome);
      },
    },
    saved,
  );
  const hurryHost = (machine: Role): void => {
    for (const { id, check, machine: its } of watchedChecks(pipeline.alerting.state()))
      if (check.kind === "host" && its === machine) schedule.hurry(id);
  };
  return {
    ...passiveChecks,
    schedule,
    lag,
    pipeline,
    hurryHost,
    failover,
  };
};
