import { readFileSync } from "node:fs";

import { type Channel, channelLabel, dispatchOf } from "@second-server/contract/channels/registry";
import type { AlertConfig } from "@second-server/contract/observatory";

import type { Message } from "../alerts/messages";
import { sendByHttp } from "./http-dispatch";
import { sendBySmtp } from "./smtp-dispatch";

/** One way by which messages leave: a mail relay, a chat's webhook. */
export interface Transport {
  readonly name: string;
  /**
   * `id` is the same for each attempt, so that receivers can tell a repetition.
   * @returns what else there is to say of it. @throws when the message could not be handed over: Later, Refused, or anything else.
   */
  send(message: Message, id: string, created: number): Promise<string | undefined>;
}

const secretIn = (file: string): string => readFileSync(file, "utf8").trim();

export const transportOf = (channel: Channel): Transport => ({
  name: channelLabel(channel),
  send: async (message, id, created) => {
    const dispatch = dispatchOf(channel, message, { id, created, secretIn });
    return await (dispatch.protocol === "smtp" ? sendBySmtp(dispatch) : sendByHttp(dispatch));
  },
});

/** In the order in which they are tried. */
export const transportsOf = ({ relay, from, to, fallback = [] }: AlertConfig): Transport[] => {
  const email: Channel = { kind: "email", ...relay, from, to };
  return [email, ...fallback].map(transportOf);
};
