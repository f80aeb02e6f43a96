import { SECRETS } from "../names";
import type { ChannelDefinition } from "./channel";

/** Where mails are handed in. */
export interface SmtpRelay {
  readonly host: string;
  readonly port: number;
  readonly user?: string;
  /** File with the password. */
  readonly passwordFile?: string;
  /** "starttls" where offered (the default), "implicit" TLS from the first byte, or "none". */
  readonly tls?: "starttls" | "implicit" | "none";
}

interface Email extends SmtpRelay {
  readonly from: string;
  readonly to: readonly string[];
}

/** Mail by a relay: always the first channel. */
export const email: ChannelDefinition<Email> = {
  configuredBy: "stack",
  options: {},
  secrets: { passwordFile: { name: SECRETS.relayPassword, isOptional: true } },
  label: ({ host, port }) => `mail via ${host}:${port}`,
  dispatch: (fields, { subject, text, html }, { id, created, secretIn }) => {
    const { host, port, tls = "starttls", user, passwordFile, from, to } = fields;
    const password = passwordFile === undefined ? "" : secretIn(passwordFile);
    const domain = from.split("@")[1]?.replace(/[^\w.-]/g, "") ?? "localhost";
    return {
      protocol: "smtp",
      relay: { host, port, tls, ...(user === undefined ? {} : { login: { user, password } }) },
      mail: {
        from,
        to,
        subject,
        text,
        html,
        date: new Date(created),
        messageId: `<${id}@${domain}>`,
        headers: { "auto-submitted": "auto-generated" },
      },
    };
  },
};
