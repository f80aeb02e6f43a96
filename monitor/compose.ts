import type { ObservatoryConfig } from "@second-server/contract/observatory";
import type { MachineReport } from "@second-server/contract/reports";
import type { Role } from "@second-server/contract/roles";

import { type Actions, createActions } from "./actions/actions";
import { type Announcements, createAnnouncements } from "./actions/announcements";
import { createMaintenanceWindows, type MaintenanceWindows } from "./actions/maintenance-windows";
import type { Clock } from "./adapters/clock";
import { type Key, loadKey, readKey } from "./adapters/key";
import type { Log } from "./adapters/log";
import { createMessageQueue, type MessageQueue } from "./adapters/message-queue";
import { transportsOf } from "./adapters/transport";
import { watchedChecks } from "./alerts/alert-state";
import type { Alerting } from "./alerts/alerting";
import type { AlertRules } from "./alerts/draft";
import { type Message, noteMessage } from "./alerts/messages";
import { createEventLoopLag, type EventLoopLag } from "./checks/event-loop-lag";
import { createSchedule, type Schedule } from "./checks/schedule";
import { createHearing, type Hearing } from "./hearing";
import { incidentLink } from "./page/links";
import { createPipeline, type Pipeline } from "./pipeline";
import { createReporter, type Reporter } from "./report/reporter";
import { type Ping, pingByHttp } from "./self/dead-man";
import type { Note } from "./self/overload";
import { createSelfWatch, type SelfWatch } from "./self/self-watch";
import { createSettings, type SettingsInForce } from "./settings-in-force";
import type { Database } from "./store/database";
import type { SavedState } from "./store/load-state";
import { createRollups, type Rollups } from "./store/rollups";
import { createStateStore, type StateStore } from "./store/save-state";
import { createWriter, type Writer } from "./store/writer";
import { createRecords, type Records } from "./view/records";
import { baseUrl, type View } from "./view/view";

export interface ObservatoryDeps {
  readonly config: ObservatoryConfig;
  readonly database: Database;
  readonly saved: SavedState;
  readonly clock: Clock;
  readonly log: Log;
  /** Asks the outside switch; a test listens instead. */
  readonly ping?: Ping;
}

/** The parts that the Observatory's doors (pages, signals, systemd) are given theirs from. Nothing runs until `start`. */
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
  readonly pushChecks: Hearing["pushChecks"];
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

/** Where things are kept, how messages leave, and what operators have set. */
interface Base {
  readonly settings: SettingsInForce;
  readonly key: Key;
  readonly primaryKey: Key | undefined;
  readonly writer: Writer;
  readonly store: StateStore;
  readonly rollups: Rollups;
  readonly queue: MessageQueue;
  readonly send: (message: Message) => void;
  readonly note: Note;
  readonly windows: MaintenanceWindows;
  readonly announcements: Announcements;
}

const createBase = ({ config, database, saved, clock, log }: ObservatoryDeps): Base => {
  const settings = createSettings(config);
  const writer = createWriter(database, clock, log);
  const store = createStateStore(writer);
  const queue = createMessageQueue(
    {
      clock,
      log,
      store,
      transports: () => transportsOf(settings.current().alerts),
      origin: "observatory",
    },
    saved,
  );
  const send = (message: Message): void => {
    log.warn(message.subject);
    queue.add(message);
  };
  const note: Note = (lead, rows) =>
    send(noteMessage(settings.current().fleet, lead, rows, baseUrl(settings.current())));
  return {
    settings,
    key: loadKey(config.signingKeyFile, config.database),
    primaryKey: config.primaryKeyFile === undefined ? undefined : readKey(config.primaryKeyFile),
    writer,
    store,
    rollups: createRollups(database, clock, log),
    queue,
    send,
    note,
    announcements: createAnnouncements(
      {
        now: () => clock.now(),
        keep: (announced) => store.meta("announced", announced),
        note,
      },
      saved.announced,
    ),
    windows: createMaintenanceWindows(
      () => settings.current().alerts.maintenance ?? [],
      (windows) => store.meta("windows", windows),
      saved.windows,
    ),
  };
};

const rulesFrom = (
  config: ObservatoryConfig,
  key: Key,
  maintenance: AlertRules["maintenance"],
): AlertRules => ({
  fleet: config.fleet,
  link: (incident, now) => incidentLink(key, baseUrl(config), incident, now),
  patienceMs: 2 * config.intervalSeconds * 1000,
  remindMs: (config.alerts.remindMinutes ?? 240) * 60_000,
  flapsPerHour: config.alerts.flapsPerHour ?? 6,
  maintenance,
});

/** How checks run, and what follows from them. */
interface Course extends Hearing {
  readonly schedule: Schedule;
  readonly lag: EventLoopLag;
  readonly pipeline: Pipeline;
  /** Has the check of this machine's memory and disk run now. */
  readonly hurryHost: (machine: Role) => void;
}

const createCourse = ({ saved, clock, log }: ObservatoryDeps, base: Base): Course => {
  const { settings, key, writer, store, queue, send, windows } = base;
  const hearing = createHearing({ clock, settings, store, send }, saved);
  const schedule = createSchedule(clock);
  const lag = createEventLoopLag(clock);
  const pipeline = createPipeline(
    {
      clock,
      settings,
      schedule,
      lag,
      ...hearing,
      rules: () => rulesFrom(settings.current(), key, (now) => windows.active(now)),
      effects: {
        journal: store,
        send: (message) => queue.add(message),
        hurry: (check) => schedule.hurry(check),
        log: (line) => log.warn(line),
      },
      sample: (sample) => writer.sample(sample),
    },
    saved,
  );
  const hurryHost = (machine: Role): void => {
    for (const { id, check, machine: its } of watchedChecks(pipeline.alerting.state()))
      if (check.kind === "host" && its === machine) schedule.hurry(id);
  };
  return {
    ...hearing,
    schedule,
    lag,
    pipeline,
    hurryHost,
  };
};

const createView = (clock: Clock, base: Base, course: Course, self: SelfWatch): View => ({
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
});

/** Puts the parts together, in order: none reaches back for one that is made later. */
export const createObservatory = (deps: ObservatoryDeps): Observatory => {
  const { clock, log, database, ping = pingByHttp } = deps;
  const base = createBase(deps);
  const course = createCourse(deps, base);
  const { settings, queue, send, windows, announcements } = base;
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
  const tick = (): void => {
    pipeline.tick();
    self.tick();
  };
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
    }),
    reporter: createReporter({
      view,
      records,
      clock,
      log,
      send,
    }),
    isWell: () => self.isWell(),
    heard: (report) => {
      if (pushChecks.report(report)) hurryHost("primary");
    },
    start: () => {
      pipeline.start({ upset: (what) => self.upset(what), tick });
      queue.start();
      base.rollups.start();
    },
    tick,
    reload: (config) => {
      settings.replace(config);
      pipeline.reload();
      queue.start();
    },
    stop: () => {
      pipeline.stop();
      base.rollups.stop();
      queue.stop();
    },
  };
};
