import type { Message } from "../alerts/messages";

/** One way by which messages leave: a mail relay, a chat's webhook. */
export interface Transport {
  readonly name: string;
  /**
   * `id` is the same for each attempt, so that receivers can tell a repetition.
   * @returns what else there is to say of it. @throws when the message could not be handed over: Later, Refused, or anything else.
   */
  send(message: Message, id: string, created: number): Promise<string | undefined>;
}
