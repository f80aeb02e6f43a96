import { execFile } from "node:child_process";
import { promisify } from "node:util";

import { reason, type Log } from "./log";

const run = promisify(execFile);

/**
 * Node has no datagram unix sockets, so systemd-notify speaks for us (NotifyAccess=all). Nothing to
 * do outside of systemd.
 */
export const notify = async (log: Log, ...states: readonly string[]): Promise<void> => {
  if (process.env["NOTIFY_SOCKET"] === undefined) return;
  try {
    await run("systemd-notify", [...states], { timeout: 10_000 });
  } catch (error) {
    log.warn(`systemd-notify: ${reason(error)}`);
  }
};

/** How often systemd wants to hear from us, halved as it advises; undefined when it does not. */
export const watchdogPauseMs = (): number | undefined => {
  const micros = Number(process.env["WATCHDOG_USEC"] ?? "0");
  return micros > 0 ? micros / 2000 : undefined;
};
