import { readFileSync } from "node:fs";

import type { SmtpRelay } from "@second-server/contract/observatory";
import type nodemailer from "nodemailer";

import { Refused } from "./failures";
import { reason } from "./log";
import type { Transport } from "./transport";

/** How nodemailer reports a refusal: the server's number, and what it was an answer to. */
interface SmtpError {
  readonly responseCode?: number;
  readonly command?: string;
}

/** The text was refused for good, not the sender, the receiver or the password. */
const isRefusal = ({ responseCode = 0, command }: SmtpError): boolean =>
  command === "DATA" && responseCode >= 500;

/** Mail through a relay. nodemailer is loaded with the first mail, to keep memory small on days without one; each mail has a connection of its own. */
export const createSmtpTransport = ({
  relay,
  from,
  to,
}: {
  readonly relay: SmtpRelay;
  readonly from: string;
  readonly to: readonly string[];
}): Transport => {
  return {
    name: `mail via ${relay.host}:${relay.port}`,
    send: async (message, id, created) => {
      // Not import(): on the servers that would start Node's loader of modules, for this alone.
      // eslint-disable-next-line @typescript-eslint/no-require-imports -- see above
      const { createTransport } = require("nodemailer") as typeof nodemailer;
      const relayed = createTransport({
        host: relay.host,
        port: relay.port,
        secure: relay.tls === "implicit",
        ignoreTLS: relay.tls === "none",
        connectionTimeout: 10_000,
        greetingTimeout: 10_000,
        socketTimeout: 30_000,
        // A password is never sent in the clear because someone in between has hidden the relay's STARTTLS.
        requireTLS: relay.user !== undefined && relay.tls !== "none",
        auth:
          relay.user === undefined
            ? undefined
            : {
                user: relay.user,
                pass:
                  relay.passwordFile === undefined
                    ? ""
                    : readFileSync(relay.passwordFile, "utf8").trim(),
              },
      });
      try {
        const { rejected } = await relayed.sendMail({
          from,
          to: [...to],
          subject: message.subject,
          text: message.text,
          html: message.html,
          date: new Date(created),
          messageId: `<${id}@${from.split("@")[1]?.replace(/[^\w.-]/g, "") ?? "localhost"}>`,
          headers: { "auto-submitted": "auto-generated" },
        });
        return rejected.length === 0
          ? undefined
          : `the relay would not take it for ${rejected.join(", ")}`;
      } catch (error) {
        throw isRefusal(error as SmtpError) ? new Refused(reason(error), { cause: error }) : error;
      } finally {
        relayed.close();
      }
    },
  };
};
