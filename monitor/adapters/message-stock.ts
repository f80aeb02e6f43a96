import type { Message } from "../alerts/messages";
import type { Clock } from "./clock";
import type { MessageStore, QueuedMessage } from "./queued-message";
import { createStorm, digestOf, GATHER_MS } from "./storm";

/** The messages that wait, in order, as the store has them. */
export interface MessageStock {
  readonly all: QueuedMessage[];
  /** When they become many, the further ones are gathered instead of being sent. */
  add(message: Message): void;
  /** Milliseconds until those that are gathered leave; undefined where there are none. */
  gatheredForMs(): number | undefined;
  /** Makes one message of those that are gathered, once they have waited. */
  bundle(): void;
}

export const createMessageStock = (
  { clock, store }: { readonly clock: Clock; readonly store: MessageStore },
  saved: readonly QueuedMessage[],
  nextMessage: number,
): MessageStock => {
  const isStormy = createStorm(clock);
  const all = [...saved];
  let next = nextMessage;
  const put = (message: Message, gathered: boolean): void => {
    const queued: QueuedMessage = {
      id: next,
      created: clock.now(),
      message,
      attempts: 0,
      ...(gathered ? { gathered } : {}),
    };
    next += 1;
    all.push(queued);
    store.message(queued);
  };
  const gatheredForMs = (): number | undefined => {
    const first = all.find(({ gathered }) => gathered);
    if (first === undefined) return undefined;
    const waited = clock.now() - first.created;
    // A clock that was set back ends the waiting.
    return waited < 0 ? 0 : Math.max(0, GATHER_MS - waited);
  };
  return {
    all,
    gatheredForMs,
    add: (message) => {
      // What left before others that wait would be out of order.
      const isBehind = message.kind !== "report" && all.some(({ gathered }) => gathered);
      put(message, isStormy(message) || isBehind);
    },
    bundle: () => {
      if (gatheredForMs() !== 0) return;
      const gathered = all.filter((one) => one.gathered);
      // First kept whole, then let go: after a kill in between they are told twice, not never.
      put(digestOf(gathered), false);
      for (const one of gathered) {
        store.message({ ...one, sent: clock.now(), by: "one message with others" });
        all.splice(all.indexOf(one), 1);
      }
    },
  };
};
