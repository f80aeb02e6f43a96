import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";

import { type Clock, systemClock } from "./adapters/clock";
import { journal, reason, type Log } from "./adapters/log";
import { collectOften } from "./adapters/memory";
import { notify, watchdogPauseMs } from "./adapters/systemd";
import { noteMessage } from "./alerts/messages";
import { Assembly } from "./assembly";
import { serve } from "./page/server";
import { Reporter } from "./report/reporter";
import { readConfig } from "./settings";
import type { Damage } from "./store/load-state";
import { openOrRecover } from "./store/recover";

/** As shells count: 128 and the signal's number. */
const ENDED_BY_SIGTERM = 143;

/**
 * The watcher's monitor. Runs until SIGINT or SIGTERM, reads its configuration again on SIGHUP; what is under way is written down before it ends.
 * @returns the exit code: systemd stops it by SIGINT (KillSignal=), so SIGTERM is somebody else's doing, which has to be told as any other death.
 */
export const observatory = async (
  configFile: string,
  clock: Clock = systemClock,
  log: Log = journal,
): Promise<number> => {
  const config = readConfig(configFile);
  mkdirSync(dirname(config.database), { recursive: true });
  const { database, kept, trouble } = await openOrRecover(config.database, clock, log);
  const assembly = new Assembly(config, database, kept, clock, log);
  if (trouble !== undefined)
    assembly.send(
      noteMessage(config.fleet, trouble.lead, [["Problem", trouble.problem]], config.statusUrl),
    );
  leaveOut(assembly, kept.damaged);
  const reporter = new Reporter(assembly);
  const server = await serve(assembly, reporter, log);
  assembly.start();
  assembly.rollups.start();
  reporter.start();
  const stopFeeding = feed(assembly, () => assembly.well());
  const stopCollecting = collectOften(clock);
  const onReload = (): void => {
    reload(assembly, configFile);
    reporter.start();
  };
  process.on("SIGHUP", onReload);
  log.info(
    `observatory of ${config.fleet}: ${assembly.alerts.state().watched.size} checks every ${config.intervalSeconds} s, http://${config.listen.host}:${config.listen.port}/`,
  );

  const code = await Promise.race([
    once(process, "SIGINT").then(() => 0),
    once(process, "SIGTERM").then(() => ENDED_BY_SIGTERM),
  ]);
  log.info(code === 0 ? "stopping" : "stopping on SIGTERM, which systemd does not send it");
  process.off("SIGHUP", onReload);
  void notify(log, "STOPPING=1");
  stopFeeding();
  stopCollecting();
  assembly.stop();
  reporter.stop();
  server.close();
  server.closeAllConnections();
  await assembly.writer.flush();
  database.close();
  return code;
};

/** What it can't make sense of is in the journal; it goes on without, and may tell once more what it had told. */
export const leaveOut = (assembly: Assembly, damaged: readonly Damage[]): void => {
  if (damaged.length === 0) return;
  for (const { what, stored, settle } of damaged) {
    assembly.log.error(`${what} is damaged and left out: ${stored.slice(0, 1000)}`);
    assembly.writer.statement(settle);
  }
  assembly.send(
    noteMessage(
      assembly.config.fleet,
      "Some of what the monitor had written down is damaged",
      [
        [
          "Left out",
          damaged
            .map(({ what }) => what)
            .slice(0, 10)
            .join("; ") + (damaged.length > 10 ? `; and ${damaged.length - 10} more` : ""),
        ],
        ["Affects", "checks and alerts go on; what is down may be told once more"],
        [
          "To do",
          "is the disk failing? ./fleet logs watcher observatory.service shows what was stored",
        ],
      ],
      assembly.config.statusUrl,
    ),
  );
};

/** A bad configuration changes nothing but tells the operator. */
export const reload = (assembly: Assembly, configFile: string): void => {
  const { log, config } = assembly;
  try {
    const next = readConfig(configFile);
    if (
      next.database !== config.database ||
      JSON.stringify(next.listen) !== JSON.stringify(config.listen)
    )
      log.warn("database and listen only change with a restart");
    assembly.reload({ ...next, database: config.database, listen: config.listen });
    log.info(`configuration read again: ${assembly.alerts.state().watched.size} checks`);
  } catch (error) {
    log.error(`the new configuration is not used: ${reason(error)}`);
    assembly.send(
      noteMessage(
        config.fleet,
        "The monitor's new configuration is not used",
        [
          ["Problem", reason(error)],
          ["Meanwhile", "the configuration from before goes on"],
        ],
        config.statusUrl,
      ),
    );
  }
};

/** systemd's watchdog gets its food only after a check cycle and a write; see Assembly.well for a write that fails. */
const feed = ({ clock, log }: Assembly, well: () => boolean): (() => void) => {
  const pauseMs = watchdogPauseMs() ?? 30_000;
  let ready = false;
  let timer = clock.after(0, () => undefined);
  const turn = (): void => {
    if (well()) {
      void notify(log, ...(ready ? [] : ["--ready"]), "WATCHDOG=1");
      ready = true;
    }
    timer = clock.after(ready ? pauseMs / 1.5 : 500, turn);
  };
  turn();
  return () => timer.cancel();
};
