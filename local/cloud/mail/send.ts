import { createTransport } from "nodemailer";

import type { Clock } from "../clock";
import type { Inbox } from "./inbox";

/** What DigitalOcean itself writes to its customers. */
export interface Letter {
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
}
/** Resolves when it has been taken; rejects with the reason when not. */
export type SendLetter = (letter: Letter) => Promise<void>;

const from = { name: "DigitalOcean (local)", address: "support@digitalocean.com" };
const message = ({ to, subject, text }: Letter) => ({ from, to: [...to], subject, text });

/**
 * Through the lab's relay, as everybody else's mail: a relay that is down is down for these as
 * well.
 */
export const sendThroughRelay =
  (host: string, port: number): SendLetter =>
  async (letter) => {
    const transport = createTransport({
      host,
      port,
      secure: false,
      ignoreTLS: true,
      connectionTimeout: 5_000,
      greetingTimeout: 5_000,
      socketTimeout: 10_000,
    });
    try {
      await transport.sendMail(message(letter));
    } finally {
      transport.close();
    }
  };

/** Without machines there is no network that a relay could stand in. */
export const sendIntoInbox =
  (inbox: Inbox, clock: Clock): SendLetter =>
  async (letter) => {
    const composed = await createTransport({ streamTransport: true, buffer: true }).sendMail(
      message(letter),
    );
    await inbox.add({
      raw: composed.message as Buffer,
      from: from.address,
      to: letter.to,
      at: clock.now(),
    });
  };
