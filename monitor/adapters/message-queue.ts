import type { Message } from "../alerts/messages";
import type { Timer } from "./clock";
import { createDelivery, type Attempt, type DeliveryDeps } from "./delivery";
import { createMessageStock } from "./message-stock";
import type { MessageStore, QueuedMessage } from "./queued-message";

/** Seconds before the second attempt, the third, and so on. */
const BACKOFF_SECONDS = [2, 5, 10, 20, 30, 60, 120, 300];
const GIVE_UP_AFTER_MS = 3 * 24 * 3_600_000;

export interface MessageQueueDeps extends DeliveryDeps {
  readonly store: MessageStore;
}

/** What a restart finds. */
export interface SavedMessages {
  readonly queued: readonly QueuedMessage[];
  readonly nextMessage: number;
}

/**
 * Messages leave in order, each by the first transport that takes it; when none does, all wait and
 * try again. One that is refused for what it says steps aside. When they become many, the further
 * ones wait for each other and leave as one.
 */
export interface MessageQueue {
  add(message: Message): void;
  waiting(): readonly QueuedMessage[];
  /**
   * For how long nothing has left although something should; a message that is refused for what it
   * says is no sign of that.
   */
  stuckMs(): number;
  /** Sends what can be sent now. */
  start(): void;
  stop(): void;
}

const backoffMs = ({ attempts }: QueuedMessage): number =>
  (BACKOFF_SECONDS[Math.min(attempts, BACKOFF_SECONDS.length) - 1] ?? 300) * 1000;

/** It has left, or is given up. */
const isDone = (
  { clock, log }: MessageQueueDeps,
  { created, sent, message, error }: QueuedMessage,
): boolean => {
  if (sent !== undefined) return true;
  const isExpired = clock.now() - created > GIVE_UP_AFTER_MS;
  if (isExpired) log.error(`gave up on "${message.subject}" after three days: ${error ?? ""}`);
  return isExpired;
};

export const createMessageQueue = (deps: MessageQueueDeps, saved: SavedMessages): MessageQueue => {
  const { clock, store } = deps;
  const delivery = createDelivery(deps);
  const stock = createMessageStock(deps, saved.queued, saved.nextMessage);
  const queue = stock.all;
  let isBusy = false;
  let timer: Timer | undefined;
  let stuckAt: number | undefined;

  const note = ({ message, refused }: Attempt): void => {
    store.message(message);
    if (message.sent !== undefined) stuckAt = undefined;
    else if (!refused) stuckAt ??= clock.monotonic();
  };
  const work = async (): Promise<void> => {
    stock.bundle();
    let at = 0;
    for (let queued = queue[at]; queued; queued = queue[at]) {
      if (queued.gathered) {
        at += 1;
        continue;
      }
      const attempt = await delivery.attempt(queued);
      note(attempt);
      if (isDone(deps, attempt.message)) {
        queue.splice(at, 1);
        continue;
      }
      queue[at] = attempt.message;
      if (!attempt.refused) break;
      at += 1;
    }
    const unsent = queue.filter(({ gathered }) => !gathered);
    const held = unsent.find((queued) => queued === queue[at]) ?? unsent[0];
    const waits = [
      ...(held === undefined ? [] : [delivery.waitMs(backoffMs(held))]),
      stock.gatheredForMs() ?? [],
    ].flat();
    if (waits.length > 0) timer = clock.after(Math.min(...waits), start);
  };
  const start = (): void => {
    if (isBusy || queue.length === 0) return;
    timer?.cancel();
    isBusy = true;
    void work().finally(() => {
      isBusy = false;
    });
  };
  return {
    add: (message) => {
      stock.add(message);
      start();
    },
    waiting: () => queue,
    stuckMs: () => (queue.length === 0 || stuckAt === undefined ? 0 : clock.monotonic() - stuckAt),
    start,
    stop: () => timer?.cancel(),
  };
};
