import { type SmtpDispatch, smtpOptions } from "@second-server/contract/channels/channel";
import type nodemailer from "nodemailer";

import { Refused } from "./failures";
import { reason } from "./log";

/** How nodemailer reports a refusal: the server's number, and what it was an answer to. */
interface SmtpError {
  readonly responseCode?: number;
  readonly command?: string;
}

/** The text was refused for good, not the sender, the receiver or the password. */
const isRefusal = ({ responseCode = 0, command }: SmtpError): boolean =>
  command === "DATA" && responseCode >= 500;

const connect = (relay: SmtpDispatch["relay"]) => {
  // nodemailer is loaded with the first mail, to keep memory small on days without one. Not by
  // import(): on the servers that would start Node's loader of modules, for this alone.
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- see above
  const { createTransport } = require("nodemailer") as typeof nodemailer;
  return createTransport(smtpOptions(relay));
};

/**
 * Mails one message, over a connection of its own.
 * @returns what else there is to say of it.
 * @throws when it was not taken: Refused, or that it may be tried again.
 */
export const sendBySmtp = async ({ relay, mail }: SmtpDispatch): Promise<string | undefined> => {
  const connection = connect(relay);
  try {
    const { rejected } = await connection.sendMail({ ...mail, to: [...mail.to] });
    return rejected.length === 0
      ? undefined
      : `the relay would not take it for ${rejected.join(", ")}`;
  } catch (error) {
    throw isRefusal(error as SmtpError) ? new Refused(reason(error), { cause: error }) : error;
  } finally {
    connection.close();
  }
};
