import { Cron } from "croner";

import type { Timer } from "../adapters/clock";
import { reason } from "../adapters/log";
import type { Message } from "../alerts/messages";
import type { Assembly } from "../assembly";
import { Records } from "../page/records";
import { status } from "../page/status";
import { reportMessage, reportOf } from "./report";

/** By other code than the report's own, so that its fault can't silence this: no table, no history, nothing computed. */
const fallback = (fleet: string, error: unknown, url: string): Message => {
  const text = `The report could not be made: ${reason(error)}\n\nAffects: this report alone. The monitor goes on, and alerts as ever.\nTo do: ./fleet logs watcher observatory.service has more.\n\n${url}\n`;
  return {
    kind: "note",
    subject: `[${fleet}] The reporter failed`,
    text,
    html: `<pre>${text.replace(/[&<>]/g, " ")}</pre>`,
    url,
  };
};

/** Sends the report: on its schedule when something is wrong, weekly in any case if wanted, and when asked. */
export class Reporter {
  #timers: Timer[] = [];

  constructor(
    readonly assembly: Assembly,
    readonly records = new Records(assembly),
    readonly make = reportMessage,
  ) {}

  start(): void {
    this.stop();
    const { schedule, weekly } = this.assembly.config.report ?? {};
    this.#timers = [];
    if (schedule !== undefined) this.#plan(0, schedule, (ok) => !ok, "Report");
    if (weekly !== undefined) this.#plan(1, weekly, () => true, "Weekly summary");
  }

  stop(): void {
    for (const timer of this.#timers) timer.cancel();
  }

  /** @returns the message that was sent, or undefined when all is well and it was not forced. */
  report(force: boolean, title = "Report"): Promise<Message | undefined> {
    return this.#send((ok) => force || !ok, title);
  }

  async #send(wanted: (ok: boolean) => boolean, title: string): Promise<Message | undefined> {
    const { assembly } = this;
    try {
      const now = status(assembly);
      if (!wanted(now.ok)) return undefined;
      const [days, past] = [await this.records.days(), await this.records.incidents(100)];
      const message = this.make(
        reportOf(now, days, past, assembly.base(), this.records.trouble()),
        title,
      );
      assembly.send(message);
      return message;
    } catch (error) {
      assembly.log.error(`report: ${reason(error)}`);
      const message = fallback(assembly.config.fleet, error, assembly.base());
      assembly.send(message);
      return message;
    }
  }

  #plan(slot: number, pattern: string, wanted: (ok: boolean) => boolean, title: string): void {
    const { clock, log } = this.assembly;
    const next = new Cron(pattern).nextRun(new Date(clock.now()));
    if (next === null) return log.warn(`report: "${pattern}" never comes`);
    // Waits an hour at most at a time: timers longer than 24 days would fire at once, and the wall clock may be set.
    const wait = (): void => {
      const left = next.getTime() - clock.now();
      this.#timers[slot] = clock.after(Math.min(Math.max(left, 0), 3_600_000), () => {
        if (next.getTime() > clock.now()) return wait();
        void this.#send(wanted, title).finally(() => this.#plan(slot, pattern, wanted, title));
      });
    };
    wait();
  }
}
