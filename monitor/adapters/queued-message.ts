import type { Message } from "../alerts/messages";

/** A message that waits to leave, or has left. Times are milliseconds since the epoch. */
export interface QueuedMessage {
  readonly id: number;
  readonly created: number;
  readonly message: Message;
  readonly attempts: number;
  readonly error?: string;
  readonly sent?: number;
  /** It waits to leave in one message with others. */
  readonly gathered?: boolean;
  /** The transport it left by. */
  readonly by?: string;
}

/** Where queued messages are kept over a restart. */
export interface MessageStore {
  message(message: QueuedMessage): void;
}
