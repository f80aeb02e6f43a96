import { UNITS } from "@second-server/contract/names";
import { Cron } from "croner";

import type { Clock, Timer } from "../adapters/clock";
import { reason, type Log } from "../adapters/log";
import type { Message } from "../alerts/messages";
import { logs } from "../checks/advice";
import type { Records } from "../view/records";
import { status } from "../view/status";
import { baseUrl, type View } from "../view/view";
import { reportMessage, reportOf } from "./report";

/**
 * Timers longer than 24 days would fire at once, and the wall clock may be set: a long wait is made
 * of short ones.
 */
const LONGEST_WAIT_MS = 3_600_000;

/**
 * Sends the report: on its schedule when something is wrong, weekly in any case if wanted, and when
 * asked.
 */
export interface Reporter {
  /** Plans anew, by the configuration of this moment. */
  start(): void;
  stop(): void;
  /** @returns the message that was sent, or undefined when all is well and it was not forced. */
  report(force: boolean): Promise<Message | undefined>;
}

export interface ReporterDeps {
  readonly view: View;
  readonly records: Records;
  readonly clock: Clock;
  readonly log: Log;
  readonly send: (message: Message) => void;
  readonly make?: typeof reportMessage;
}

/**
 * By other code than the report's own, so that its fault can't silence this: no table, no history,
 * nothing computed.
 */
const fallback = (fleet: string, error: unknown, url: string): Message => {
  const text = `The report could not be made: ${reason(error)}\n\nAffects: this report alone. The monitor goes on, and alerts as ever.\nTo do: ${logs("watcher", UNITS.observatory)} has more.\n\n${url}\n`;
  return {
    kind: "note",
    subject: `[${fleet}] The reporter failed`,
    text,
    html: `<pre>${text.replace(/[&<>]/g, " ")}</pre>`,
    url,
  };
};

const makeAndSend = async (
  { view, records, log, send, make = reportMessage }: ReporterDeps,
  isWanted: (ok: boolean) => boolean,
  title: string,
): Promise<Message | undefined> => {
  const config = view.config();
  const url = baseUrl(config);
  let message: Message;
  try {
    const now = status(view);
    if (!isWanted(now.ok)) return undefined;
    const [days, past] = [await records.days(), await records.incidents(100)];
    message = make(reportOf(now, days, past, url, records.trouble()), title);
  } catch (error) {
    log.error(`report: ${reason(error)}`);
    message = fallback(config.fleet, error, url);
  }
  send(message);
  return message;
};

export const createReporter = (deps: ReporterDeps): Reporter => {
  const { view, clock, log } = deps;
  const timers = new Map<string, Timer>();

  const plan = (title: string, pattern: string, isWanted: (ok: boolean) => boolean): void => {
    const next = new Cron(pattern).nextRun(new Date(clock.now()))?.getTime();
    if (next === undefined) return log.warn(`report: "${pattern}" never comes`);
    const wait = (): void => {
      const left = Math.max(next - clock.now(), 0);
      const timer = clock.after(Math.min(left, LONGEST_WAIT_MS), () => {
        if (next > clock.now()) return wait();
        void makeAndSend(deps, isWanted, title).finally(() => plan(title, pattern, isWanted));
      });
      timers.set(title, timer);
    };
    wait();
  };
  const stop = (): void => {
    for (const timer of timers.values()) timer.cancel();
    timers.clear();
  };
  return {
    start: () => {
      stop();
      const { schedule, weekly } = view.config().report ?? {};
      if (schedule !== undefined) plan("Report", schedule, (ok) => !ok);
      if (weekly !== undefined) plan("Weekly summary", weekly, () => true);
    },
    stop,
    report: (force) => makeAndSend(deps, (ok) => force || !ok, "Report"),
  };
};
