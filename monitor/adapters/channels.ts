import { readFileSync } from "node:fs";
import type { Channel } from "../../config/monitor";
import type { Message } from "../alerts/messages";
import { ask } from "../checks/http";
import type { Carrier } from "./outbox";
import { smtpCarrier } from "./smtp";

interface Post { readonly url: string; readonly headers: Readonly<Record<string, string>>; readonly body: string }

const json = (url: string, value: unknown, headers: Readonly<Record<string, string>> = {}): Post => ({ url, headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(value) });
const secret = (path: string): string => readFileSync(path, "utf8").trim();
/** Header values may carry neither line breaks nor, for ntfy, anything but ASCII. */
const headerText = (text: string): string => text.replace(/[^\x20-\x7e]/g, "?");

/** The request that hands a message to a channel. Secrets are read at each use, so that a changed one counts at once. */
export function postFor(channel: Exclude<Channel, { kind: "smtp" }>, message: Message, id: string): Post {
  const full = `${message.subject}\n\n${message.text}`;
  switch (channel.kind) {
    case "webhook": return json(channel.url, { id, kind: message.kind, subject: message.subject, text: message.text, url: message.url }, { "idempotency-key": id, ...channel.headers });
    case "ntfy": return {
      url: channel.url, body: message.text,
      headers: { title: headerText(message.subject), priority: message.kind === "down" ? "urgent" : "default", tags: message.kind === "down" ? "rotating_light" : "white_check_mark", ...(message.url === undefined ? {} : { click: message.url }), ...(channel.tokenFile === undefined ? {} : { authorization: `Bearer ${secret(channel.tokenFile)}` }) },
    };
    case "slack": return json(secret(channel.urlFile), { text: full });
    case "discord": return json(secret(channel.urlFile), { content: full.slice(0, 1900), allowed_mentions: { parse: [] } });
    case "telegram": return json(`${channel.api ?? "https://api.telegram.org"}/bot${secret(channel.tokenFile)}/sendMessage`, { chat_id: channel.chat, text: full.slice(0, 4000), disable_web_page_preview: true });
    default: { const never: never = channel; throw new Error(`no such channel: ${JSON.stringify(never)}`); }
  }
}

export function carrierOf(channel: Channel): Carrier {
  if (channel.kind === "smtp") return smtpCarrier(channel);
  return {
    name: channel.kind,
    async carry(message, id) {
      const { url, headers, body } = postFor(channel, message, id);
      const answer = await ask(new URL(url), { method: "POST", headers, body }, 15_000);
      if (answer.status < 200 || answer.status > 299) throw new Error(`HTTP ${answer.status} ${answer.body.slice(0, 120).replace(/\s+/g, " ")}`);
    },
  };
}
