import type { Message } from "../alerts/messages";

/** A message that waits to leave, or has left. Times are milliseconds since the epoch. */
export interface QueuedMessage {
  readonly id: number;
  readonly created: number;
  readonly message: Message;
  readonly attempts: number;
  readonly error?: string;
  readonly sent?: number;
  /** The transport it left by. */
  readonly by?: string;
}

/** Where queued messages are kept over a restart. */
export interface MessageStore {
  message(message: QueuedMessage): void;
}
