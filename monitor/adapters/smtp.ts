import { readFileSync } from "node:fs";
import type { SmtpRelay } from "../../config/monitor";
import type { Carrier } from "./outbox";

/** Mail through a relay. nodemailer is loaded with the first mail, to keep memory small on days without one; each mail has a connection of its own. */
export function smtpCarrier({ relay, from, to }: { readonly relay: SmtpRelay; readonly from: string; readonly to: readonly string[] }): Carrier {
  return {
    name: `mail via ${relay.host}:${relay.port}`,
    async carry(message, id, created) {
      const { createTransport } = await import("nodemailer");
      const transport = createTransport({
        host: relay.host, port: relay.port, secure: relay.tls === "implicit", ignoreTLS: relay.tls === "none", connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 30_000,
        auth: relay.user === undefined ? undefined : { user: relay.user, pass: relay.passwordFile === undefined ? "" : readFileSync(relay.passwordFile, "utf8").trim() },
      });
      try {
        await transport.sendMail({
          from, to: [...to], subject: message.subject, text: message.text, html: message.html, date: new Date(created), messageId: `<${id}@${from.split("@")[1]?.replace(/[^\w.-]/g, "") ?? "localhost"}>`,
          headers: { "auto-submitted": "auto-generated" },
        });
      } finally {
        transport.close();
      }
    },
  };
}
