import type { ObservatoryConfig } from "@second-server/contract/observatory";
import type { MachineReport } from "@second-server/contract/reports";

import { type Actions, createActions } from "./actions/actions";
import { type MaintenanceWindows } from "./actions/maintenance-windows";
import type { Clock } from "./adapters/clock";
import { type Key } from "./adapters/key";
import { type MessageQueue } from "./adapters/message-queue";
import type { Alerting } from "./alerts/alerting";
import { type Message } from "./alerts/messages";
import { type Schedule } from "./checks/schedule";
import { type Course, createCourse } from "./course";
import { createFoundation, type Foundation, type FoundationDeps } from "./foundation";
import { type PassiveChecks } from "./passive-checks";
import { createReporter, type Reporter } from "./report/reporter";
import { type Ping, pingByHttp } from "./self/dead-man";
import { createSelfWatch, type SelfWatch } from "./self/self-watch";
import { type SettingsInForce } from "./settings-in-force";
import { type Writer } from "./store/writer";
import { createRecords, type Records } from "./view/records";
import { type View } from "./view/view";

export interface ObservatoryDeps extends FoundationDeps {
  /** Asks the outside switch; a test listens instead. */
  readonly ping?: Ping;
}

/**
 * The parts that the Observatory's doors (pages, signals, systemd) are given theirs from. Nothing
 * runs until `start`.
 */
export interface Observatory {
  readonly settings: SettingsInForce;
  /** The owner's. */
  readonly key: Key;
  readonly primaryKey: Key | undefined;
  readonly writer: Writer;
  readonly queue: MessageQueue;
  readonly send: (message: Message) => void;
  readonly schedule: Schedule;
  readonly alerting: Alerting;
  readonly pushChecks: PassiveChecks["pushChecks"];
  readonly windows: MaintenanceWindows;
  readonly view: View;
  readonly records: Records;
  readonly actions: Actions;
  readonly reporter: Reporter;
  isWell(): boolean;
  /** The primary says how it is. */
  readonly heard: (report: MachineReport) => void;
  start(): void;
  /** Once a second: what waits for time to pass. */
  tick(): void;
  /** Takes this configuration instead; unchanged checks go on without a gap. */
  reload(config: ObservatoryConfig): void;
  stop(): void;
}

const createView = (clock: Clock, base: Foundation, course: Course, self: SelfWatch): View => ({
  startedAt: clock.now(),
  now: () => clock.now(),
  config: () => base.settings.current(),
  alerts: () => course.pipeline.alerting.state(),
  runs: (check) => course.pipeline.runner.runs(check),
  maintenance: () => base.windows.active(clock.now()),
  announced: () => base.announcements.lately(),
  storage: () => base.writer.status(),
  isStorageTold: () => self.storageAlarm.isTold(),
  load: () => self.overload.load(),
  isOverloaded: () => self.overload.isTold(),
  backlog: () => course.schedule.backlog(),
  offlineSince: () => course.offline.since(),
  waiting: () => base.queue.waiting(),
  failover: () => course.failover?.status(),
});

/** How it is started, kept going and ended. */
const createLife = (
  { settings, queue, rollups }: Foundation,
  { pipeline, pushChecks, hurryHost, failover }: Course,
  self: SelfWatch,
): Pick<Observatory, "isWell" | "heard" | "start" | "tick" | "reload" | "stop"> => {
  const tick = (): void => {
    pipeline.tick();
    failover?.tick();
    self.tick();
  };
  return {
    isWell: () => self.isWell(),
    heard: (report) => {
      if (pushChecks.report(report)) hurryHost("primary");
    },
    start: () => {
      pipeline.start({ upset: (what) => self.upset(what), tick });
      queue.start();
      rollups.start();
    },
    tick,
    reload: (config) => {
      settings.replace(config);
      pipeline.reload();
      queue.start();
    },
    stop: () => {
      pipeline.stop();
      rollups.stop();
      queue.stop();
    },
  };
};

/** Puts the parts together, in order: none reaches back for one that is made later. */
export const createObservatory = (deps: ObservatoryDeps): Observatory => {
  const { clock, log, database, ping = pingByHttp } = deps;
  const base = createFoundation(deps);
  const course = createCourse(deps, base);
  const { send, windows, announcements } = base;
  const { pipeline, schedule, pushChecks, hurryHost } = course;
  const self = createSelfWatch({
    ...base,
    ...course,
    clock,
    log,
    askHost: () => hurryHost("watcher"),
    ping,
  });
  const view = createView(clock, base, course, self);
  const records = createRecords({ database, clock, log });
  const { alerting } = pipeline;
  const hurry = (check: string): void => schedule.hurry(check);
  return {
    ...base,
    schedule,
    alerting,
    pushChecks,
    view,
    records,
    actions: createActions({
      alerting,
      windows,
      announcements,
      hurry,
      view,
      failover: course.failover,
    }),
    reporter: createReporter({
      view,
      records,
      clock,
      log,
      send,
    }),
    ...createLife(base, course, self),
  };
};
