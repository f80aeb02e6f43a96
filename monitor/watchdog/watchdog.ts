import { execFile } from "node:child_process";
import { once } from "node:events";
import { promisify } from "node:util";

import type { HttpCheck } from "@second-server/contract/check-settings";
import type { WatchdogConfig } from "@second-server/contract/observatory";

import { type Clock, systemClock } from "../adapters/clock";
import { journal, reason, type Log } from "../adapters/log";
import { notify, watchdogPauseMs } from "../adapters/systemd";
import { runCheck } from "../checks/run";
import { createSchedule } from "../checks/schedule";
import { flag, listOf, number, objectOf, recordOf, time } from "../store/shapes";
import { readStateFile, writeStateFile } from "../store/state-file";
import { blank, decide, type Memory } from "./decide";
import { reportHost } from "./report";
import { impostor, isBeginning, isInAgentsHand } from "./standing";
import { watchWatcher } from "./watcher";

type Argv = readonly [string, ...string[]];
export type Run = (argv: Argv) => Promise<unknown>;

export const restart = (unit: string): Argv => ["systemctl", "restart", "--", unit];
const runArgv: Run = ([program, ...rest]) =>
  promisify(execFile)(program, rest, { timeout: 120_000 });

type State = Record<string, Memory>;
const memory = objectOf<Memory>({ failures: number, restarts: listOf(time), capped: flag });

const tellTurn = (
  log: Log,
  name: string,
  error: string | undefined,
  failures: number,
  failAfter: number,
): void => {
  if (error !== undefined) log.warn(`${name}: ${error} (failure ${failures + 1} of ${failAfter})`);
  else if (failures > 0) log.info(`${name}: answers again`);
};

const checkOf = ({
  name,
  url,
  status,
  contains,
}: WatchdogConfig["services"][number]): HttpCheck => ({
  kind: "http",
  id: name,
  url,
  status,
  contains,
});

/**
 * Asks each service on loopback; a process that runs but does not answer is restarted. Runs until
 * SIGTERM or SIGINT.
 */
export const watchdog = async (
  config: WatchdogConfig,
  clock: Clock = systemClock,
  log: Log = journal,
  run: Run = runArgv,
): Promise<void> => {
  const state: State = readStateFile<State>(config.stateFile, recordOf(memory), {}, log);
  const schedule = createSchedule(clock);
  const timeoutMs = Math.min(config.timeoutSeconds, config.intervalSeconds * 0.9) * 1000;
  for (const service of config.services) {
    const { name, unit, url, startSeconds = 0 } = service;
    const check = checkOf(service);
    schedule.add({
      id: name,
      intervalMs: config.intervalSeconds * 1000,
      run: async () => {
        if (isInAgentsHand(name)) return;
        const error = (await runCheck(check, timeoutMs)).error ?? (await impostor(unit, url));
        if (error !== undefined && (await isBeginning(unit, startSeconds))) return;
        const was = state[name] ?? blank;
        const [next, deed] = decide(was, error, config, clock.now());
        state[name] = next;
        if (JSON.stringify(was) !== JSON.stringify(next))
          writeStateFile(config.stateFile, state, log);
        tellTurn(log, name, error, was.failures, config.failAfter);
        if (deed.kind === "capped") log.error(`${name}: not restarting ${unit}: ${deed.why}`);
        if (deed.kind === "restart")
          await restartUnit(unit, `${name}: restarting ${unit}: ${deed.why}`);
      },
    });
  }
  const restartUnit = async (unit: string, why: string): Promise<void> => {
    log.warn(why);
    await run(restart(unit)).catch((error: unknown) =>
      log.error(`systemctl restart ${unit}: ${reason(error)}`),
    );
  };
  const ends = [
    ...(config.watcher === undefined ? [] : [watchWatcher(config, config.watcher, clock, log)]),
    ...(config.report === undefined ? [] : [reportHost(config, config.report, clock, log)]),
  ];
  const feed = (): void => {
    void notify(log, "WATCHDOG=1");
    timer = clock.after((watchdogPauseMs() ?? 30_000) / 1.5, feed);
  };
  let timer = clock.after(0, feed);
  await notify(log, "--ready");
  log.info(
    `watchdog: ${config.services.length} services every ${config.intervalSeconds} s, restart after ${config.failAfter} failures, at most ${config.maxRestartsPerHour} an hour each`,
  );
  await Promise.race([once(process, "SIGTERM"), once(process, "SIGINT")]);
  log.info("stopping");
  timer.cancel();
  for (const end of ends) end();
  schedule.stop();
};
