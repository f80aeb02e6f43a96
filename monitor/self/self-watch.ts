import type { Clock } from "../adapters/clock";
import type { Log } from "../adapters/log";
import type { MessageQueue } from "../adapters/message-queue";
import { isExhausted } from "../alerts/alert-state";
import type { BlindWindows } from "../checks/blind-windows";
import type { EventLoopLag, TimeUpset } from "../checks/event-loop-lag";
import type { Schedule } from "../checks/schedule";
import type { Pipeline } from "../pipeline";
import type { SettingsInForce } from "../settings-in-force";
import type { Writer } from "../store/writer";
import { createDeadManSwitch, type Ping } from "./dead-man";
import { createOverload, noteUpset, type Note, type Overload } from "./overload";
import { createStorageAlarm, type StorageAlarm } from "./storage-alarm";

/** What the monitor watches of itself, and says or has said when it is not well. */
export interface SelfWatch {
  readonly overload: Overload;
  readonly storageAlarm: StorageAlarm;
  /**
   * Checks run, and what they find is written or the failure to write is known: what systemd and
   * the outside switch are told. A write that hangs is neither.
   */
  isWell(): boolean;
  /** The clock jumped, or this program stood still. */
  upset(what: TimeUpset): void;
  /** Once a second. */
  tick(): void;
}

export interface SelfWatchDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: SettingsInForce;
  readonly pipeline: Pipeline;
  readonly schedule: Schedule;
  readonly lag: EventLoopLag;
  readonly blindWindows: BlindWindows;
  readonly writer: Writer;
  readonly queue: MessageQueue;
  readonly note: Note;
  readonly askHost: () => void;
  readonly ping: Ping;
}

const LAST_MINUTE_MS = 60_000;

const wellness =
  ({ clock, settings, writer, pipeline }: SelfWatchDeps) =>
  (): boolean => {
    const patienceMs = 4 * settings.current().intervalSeconds * 1000 + 10_000;
    const { lastTry } = writer.status();
    return (
      lastTry !== undefined &&
      clock.monotonic() - lastTry < patienceMs &&
      pipeline.runner.sinceLastRunMs() < patienceMs
    );
  };

export const createSelfWatch = (deps: SelfWatchDeps): SelfWatch => {
  const { clock, log, settings, pipeline, schedule, lag, queue, note } = deps;
  const isWell = wellness(deps);
  const overload = createOverload(() => clock.monotonic(), note);
  const storageAlarm = createStorageAlarm({
    clock,
    storage: () => deps.writer.status(),
    isDiskAlerted: () => isExhausted(pipeline.alerting.state(), "watcher"),
    askHost: deps.askHost,
    note,
    isSending: () => queue.waiting().length > 0,
  });
  const feedDeadManSwitch = createDeadManSwitch({
    clock,
    log,
    config: () => settings.current().alerts.deadMan,
    isWell,
    stuckMs: () => queue.stuckMs(),
    ping: deps.ping,
  });
  return {
    overload,
    storageAlarm,
    isWell,
    upset: (what) => {
      // A clock that is ahead of before has left out a time in which nobody was heard, whether it
      // was set or the machine slept.
      deps.blindWindows.endNow(clock.now() - what.ms);
      noteUpset(note, what);
    },
    tick: () => {
      overload.seen({
        lateMs: schedule.backlog().lateMs,
        heldUpMs: lag.heldUpMs(clock.monotonic() - LAST_MINUTE_MS),
        uncounted: pipeline.runner.uncounted(),
      });
      storageAlarm.tick();
      feedDeadManSwitch();
    },
  };
};
