import { readFileSync } from "node:fs";
import { dirname } from "node:path";

import type { WatchdogConfig } from "@second-server/contract/observatory";
import type { MachineReport } from "@second-server/contract/reports";

import type { Clock } from "../adapters/clock";
import { createKey } from "../adapters/key";
import { reason, type Log } from "../adapters/log";
import { ask } from "../checks/http";
import { createMachineFacts, isFull, space } from "../checks/machine-facts";

/**
 * A disk that runs full is told at once: its services fail at the same time, and that is the
 * reason.
 */
const SPACE_EVERY_MS = 5000;

/**
 * Tells the Observatory every interval how this machine is. A report that does not arrive is not
 * repeated: the next one is newer.
 * @returns how to end it.
 */
export const reportHost = (
  config: WatchdogConfig,
  { url, keyFile, units }: NonNullable<WatchdogConfig["report"]>,
  clock: Clock,
  log: Log,
): (() => void) => {
  const host = createMachineFacts(dirname(config.stateFile));
  let failed = false;
  const send = async (): Promise<void> => {
    const report: MachineReport = { ...(await host.look(units, clock.now())), at: clock.now() };
    const body = JSON.stringify(report);
    const signature = createKey(readFileSync(keyFile, "utf8").trim()).sign(body);
    const { status, body: said } = await ask(
      new URL(url),
      {
        method: "POST",
        body,
        headers: { "content-type": "application/json", "x-signature": signature },
      },
      config.timeoutSeconds * 1000,
    );
    if (status !== 200) throw new Error(`HTTP ${status} ${said.slice(0, 120).trim()}`);
  };
  const tell = (): void => {
    send().then(
      () => {
        if (failed) log.info("reports reach the watcher again");
        failed = false;
      },
      (error: unknown) => {
        if (!failed) log.warn(`the report does not reach the watcher: ${reason(error)}`);
        failed = true;
      },
    );
  };
  const turn = (): void => {
    timer = clock.after(config.intervalSeconds * 1000, turn);
    tell();
  };
  let full = false;
  const glance = (): void => {
    glances = clock.after(SPACE_EVERY_MS, glance);
    space().then(
      (now) => {
        if (isFull(now) === full) return;
        full = !full;
        tell();
      },
      (error: unknown) => log.warn(`the disk can't be looked at: ${reason(error)}`),
    );
  };
  let timer = clock.after(1000, turn);
  let glances = clock.after(SPACE_EVERY_MS, glance);
  return () => {
    timer.cancel();
    glances.cancel();
  };
};
