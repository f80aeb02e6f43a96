import type { Clock } from "./clock";
import { Later, Refused } from "./failures";
import { type Log, reason } from "./log";
import type { QueuedMessage } from "./queued-message";
import type { Transport } from "./transport";

export interface DeliveryDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** Asked anew for each message, so that a changed configuration counts at once. */
  readonly transports: () => readonly Transport[];
  /** The first part of every message's id. */
  readonly origin: string;
}

export interface Attempt {
  /** The message as it is after the attempt. */
  readonly message: QueuedMessage;
  /** Each transport works and will not have it, for what it says. */
  readonly refused: boolean;
}

/** One attempt: each transport in turn, until one takes the message. */
export interface Delivery {
  attempt(message: QueuedMessage): Promise<Attempt>;
  /**
   * How long from now the next attempt may be of use: `backoffMs`, or what a transport has asked
   * for itself.
   */
  waitMs(backoffMs: number): number;
}

export const createDelivery = ({ clock, log, transports, origin }: DeliveryDeps): Delivery => {
  /** By transport: not before then, on the monotonic clock. */
  const pausedUntil = new Map<string, number>();
  const keyOf = ({ name }: Transport, index: number): string => `${index} ${name}`;
  const pauseMs = (transport: Transport, index: number): number =>
    Math.max(0, (pausedUntil.get(keyOf(transport, index)) ?? 0) - clock.monotonic());

  const sent = (queued: QueuedMessage, by: string, note: string | undefined): Attempt => {
    const { subject } = queued.message;
    log.info(`sent "${subject}" by ${by}`);
    if (note !== undefined) log.warn(`"${subject}": ${note}`);
    const attempts = queued.attempts + 1;
    const message = {
      ...queued,
      attempts,
      sent: clock.now(),
      by,
      error: undefined,
    };
    return { message, refused: false };
  };

  const failed = (queued: QueuedMessage, errors: readonly string[], refused: boolean): Attempt => {
    const error = errors.join("; ") || "no channel is configured";
    const attempts = queued.attempts + 1;
    log.warn(`"${queued.message.subject}" could not be sent (try ${attempts}): ${error}`);
    return { message: { ...queued, attempts, error }, refused };
  };

  return {
    attempt: async (queued) => {
      const { id, created, message } = queued;
      const all = transports();
      const errors: string[] = [];
      let refusals = 0;
      for (const [index, transport] of all.entries()) {
        const pause = pauseMs(transport, index);
        if (pause > 0) {
          errors.push(`${transport.name}: asked for patience, ${Math.ceil(pause / 1000)} s more`);
          continue;
        }
        try {
          const note = await transport.send(message, `${origin}-${id}-${created}`, created);
          return sent(queued, transport.name, note);
        } catch (error) {
          if (error instanceof Later)
            pausedUntil.set(keyOf(transport, index), clock.monotonic() + error.afterMs);
          if (error instanceof Refused) refusals += 1;
          errors.push(`${transport.name}: ${reason(error)}`);
        }
      }
      return failed(queued, errors, refusals > 0 && refusals === all.length);
    },
    waitMs: (backoffMs) =>
      Math.min(
        ...transports().map((transport, index) => pauseMs(transport, index) || backoffMs),
        300_000,
      ),
  };
};
