import type { AlertConfig } from "@second-server/contract/observatory";

import type { Clock } from "../adapters/clock";
import { reason, type Log } from "../adapters/log";
import { ask } from "../checks/http";

/** So long a message may wait before the outside switch is left to alarm. */
const STUCK_MS = 15 * 60_000;
const EVERY_SECONDS = 60;

export type Ping = (url: string) => Promise<void>;

export const pingByHttp: Ping = async (url) => {
  const { status } = await ask(new URL(url), {}, 10_000);
  if (status < 200 || status > 299) throw new Error(`HTTP ${status}`);
};

/**
 * The outside switch alarms when it hears nothing, so a failure to reach it is only noted. It is
 * the last that can speak when no message leaves any more.
 * @returns what has to be called once a second.
 */
export const createDeadManSwitch = (deps: {
  readonly clock: Clock;
  readonly log: Log;
  readonly config: () => AlertConfig["deadMan"];
  readonly isWell: () => boolean;
  /** For how long no message has left although one should. */
  readonly stuckMs: () => number;
  readonly ping: Ping;
}): (() => void) => {
  let due = 0;
  return () => {
    const config = deps.config();
    const now = deps.clock.monotonic();
    if (config === undefined || now < due || !deps.isWell() || deps.stuckMs() > STUCK_MS) return;
    due = now + (config.intervalSeconds ?? EVERY_SECONDS) * 1000;
    deps
      .ping(config.url)
      .catch((error: unknown) => deps.log.warn(`dead-man's switch: ${reason(error)}`));
  };
};
