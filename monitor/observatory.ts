import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";

import { UNITS } from "@second-server/contract/names";

import { type Clock, systemClock } from "./adapters/clock";
import { journal, reason, type Log } from "./adapters/log";
import { collectOften } from "./adapters/memory";
import { notify, watchdogPauseMs } from "./adapters/systemd";
import { noteMessage } from "./alerts/messages";
import { logs } from "./checks/advice";
import { createObservatory, type Observatory } from "./compose";
import { openServer } from "./page/server";
import { readConfig } from "./settings";
import type { Damage } from "./store/load-state";
import { openOrRecover } from "./store/recover";

/** As shells count: 128 and the signal's number. */
const ENDED_BY_SIGTERM = 143;

const READY_POLL_MS = 500;
const DEFAULT_FEED_MS = 30_000;
const NAMED_DAMAGES = 10;

/**
 * The watcher's monitor. Runs until SIGINT or SIGTERM, reads its configuration again on SIGHUP;
 * what is under way is written down before it ends.
 * @returns the exit code: systemd stops it by SIGINT (KillSignal=), so SIGTERM is somebody else's
 * doing, which has to be told as any other death.
 */
export const runObservatory = async (
  configFile: string,
  clock: Clock = systemClock,
  log: Log = journal,
): Promise<number> => {
  const config = readConfig(configFile);
  mkdirSync(dirname(config.database), { recursive: true });
  const { database, kept: saved, trouble } = await openOrRecover(config.database, clock, log);
  const observatory = createObservatory({
    config,
    database,
    saved,
    clock,
    log,
  });
  const { reporter, writer, view, records, actions, pushChecks, heard, key, primaryKey } =
    observatory;
  if (trouble !== undefined)
    observatory.send(
      noteMessage(config.fleet, trouble.lead, [["Problem", trouble.problem]], config.statusUrl),
    );
  leaveOut(observatory, saved.damaged, log);
  const server = await openServer({
    view,
    records,
    actions,
    reporter,
    pushChecks,
    heard,
    key,
    primaryKey,
    clock,
    log,
    written: () => writer.flush(),
  });
  observatory.start();
  reporter.start();
  const stopFeeding = feed(clock, log, () => observatory.isWell());
  const stopCollecting = collectOften(clock);
  const onReload = (): void => {
    reload(observatory, configFile, log);
    reporter.start();
  };
  process.on("SIGHUP", onReload);
  log.info(
    `observatory of ${config.fleet}: ${view.alerts().watched.size} checks every ${config.intervalSeconds} s, http://${config.listen.host}:${config.listen.port}/`,
  );

  const code = await untilStopped(log);
  process.off("SIGHUP", onReload);
  void notify(log, "STOPPING=1");
  stopFeeding();
  stopCollecting();
  observatory.stop();
  reporter.stop();
  server.close();
  server.closeAllConnections();
  await writer.flush();
  database.close();
  return code;
};

/** @returns the exit code. */
const untilStopped = async (log: Log): Promise<number> => {
  const code = await Promise.race([
    once(process, "SIGINT").then(() => 0),
    once(process, "SIGTERM").then(() => ENDED_BY_SIGTERM),
  ]);
  log.info(code === 0 ? "stopping" : "stopping on SIGTERM, which systemd does not send it");
  return code;
};

const listed = (damaged: readonly Damage[]): string => {
  const more = damaged.length - NAMED_DAMAGES;
  const names = damaged.slice(0, NAMED_DAMAGES).map(({ what }) => what);
  return names.join("; ") + (more > 0 ? `; and ${more} more` : "");
};

/**
 * Stored rows that make no sense go to the journal; the monitor goes on without them, and may tell
 * once more what it had told.
 */
export const leaveOut = (
  { writer, send, view }: Pick<Observatory, "writer" | "send" | "view">,
  damaged: readonly Damage[],
  log: Log,
): void => {
  if (damaged.length === 0) return;
  for (const { what, stored, settle } of damaged) {
    log.error(`${what} is damaged and left out: ${stored.slice(0, 1000)}`);
    writer.statement(settle);
  }
  const { fleet, statusUrl } = view.config();
  const lead = "Some of what the monitor had written down is damaged";
  send(
    noteMessage(
      fleet,
      lead,
      [
        ["Left out", listed(damaged)],
        ["Affects", "checks and alerts go on; what is down may be told once more"],
        [
          "To do",
          `is the disk failing? ${logs("watcher", UNITS.observatory)} shows what was stored`,
        ],
      ],
      statusUrl,
    ),
  );
};

/** A bad configuration changes nothing but tells the operator. */
export const reload = (
  observatory: Pick<Observatory, "reload" | "send" | "view">,
  configFile: string,
  log: Log,
): void => {
  const { view, send } = observatory;
  const { database, listen, fleet, statusUrl } = view.config();
  try {
    const next = readConfig(configFile);
    if (next.database !== database || JSON.stringify(next.listen) !== JSON.stringify(listen))
      log.warn("database and listen only change with a restart");
    observatory.reload({ ...next, database, listen });
    log.info(`configuration read again: ${view.alerts().watched.size} checks`);
  } catch (error) {
    log.error(`the new configuration is not used: ${reason(error)}`);
    const lead = "The monitor's new configuration is not used";
    send(
      noteMessage(
        fleet,
        lead,
        [
          ["Problem", reason(error)],
          ["Meanwhile", "the configuration from before goes on"],
        ],
        statusUrl,
      ),
    );
  }
};

/**
 * systemd's watchdog gets its food only after a check cycle and a write; a write that fails counts,
 * one that hangs does not.
 */
const feed = (clock: Clock, log: Log, isWell: () => boolean): (() => void) => {
  const pauseMs = watchdogPauseMs() ?? DEFAULT_FEED_MS;
  let isReady = false;
  const turn = (): void => {
    if (isWell()) {
      void notify(log, ...(isReady ? [] : ["--ready"]), "WATCHDOG=1");
      isReady = true;
    }
    timer = clock.after(isReady ? pauseMs / 1.5 : READY_POLL_MS, turn);
  };
  let timer = clock.after(0, turn);
  return () => timer.cancel();
};
