import { readFileSync } from "node:fs";

import type { Channel } from "@second-server/contract/observatory";

import type { Message } from "../alerts/messages";
import { bytes, discordText, fitted, full, headerText, inCode, slackText, utf16 } from "./wording";

export interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
export type PostChannel = Exclude<Channel, { kind: "smtp" }>;
type Of<Kind extends PostChannel["kind"]> = Extract<PostChannel, { kind: Kind }>;

const json = (
  url: string,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): Post => ({
  url,
  headers: { "content-type": "application/json", ...headers },
  body: JSON.stringify(value),
});
const secret = (path: string): string => readFileSync(path, "utf8").trim();
/** Columns only stand under each other in a fixed-width face. */
const isTable = ({ kind }: Message): boolean => kind === "report";

const webhook = (
  { url, headers }: Of<"webhook">,
  { kind, subject, text, url: link }: Message,
  id: string,
): Post =>
  json(
    url,
    {
      id,
      kind,
      subject,
      text,
      url: link,
    },
    { "idempotency-key": id, ...headers },
  );

/** ntfy takes a body of up to 4,096 bytes for a message; a longer one becomes an attachment or is refused. */
const ntfy = (
  { url, tokenFile }: Of<"ntfy">,
  { kind, subject, text, url: link }: Message,
): Post => ({
  url,
  body: fitted(text, link, 4096, bytes),
  headers: {
    "content-type": "text/plain; charset=utf-8",
    title: headerText(subject),
    priority: kind === "down" ? "urgent" : "default",
    tags:
      kind === "down"
        ? "rotating_light"
        : kind === "up"
          ? "white_check_mark"
          : "information_source",
    ...(link === undefined ? {} : { click: new URL(link).href }),
    ...(tokenFile === undefined ? {} : { authorization: `Bearer ${secret(tokenFile)}` }),
  },
});

/** Slack advises 4,000 characters and has no way to escape its emphasis, so emphasis is off, but for a table. Previews would fetch the links. */
const slack = ({ urlFile }: Of<"slack">, message: Message): Post => {
  const { subject, text, url } = message;
  const body = isTable(message)
    ? {
        text: `${slackText(subject)}\n${inCode(fitted(text, url, 3600, utf16, (line) => slackText(line)))}`,
      }
    : { text: fitted(full(message), url, 4000, utf16, slackText), mrkdwn: false };
  return json(secret(urlFile), { ...body, unfurl_links: false, unfurl_media: false });
};

const SUPPRESS_EMBEDS = 4;

/** Discord takes 2,000 characters. wait=true: it answers when the message is there, not when it was heard. */
const discord = ({ urlFile }: Of<"discord">, message: Message): Post => {
  const { subject, text, url } = message;
  const to = new URL(secret(urlFile));
  to.searchParams.set("wait", "true");
  const content = isTable(message)
    ? `**${discordText(subject)}**\n${inCode(fitted(text, url, 1700, utf16))}`
    : fitted(full(message), url, 2000, utf16, discordText);
  return json(to.href, { content, allowed_mentions: { parse: [] }, flags: SUPPRESS_EMBEDS });
};

/** Telegram takes 4,096 characters. Without a parse mode nothing can fail to parse; what is bold or of fixed width is said by its place. */
const telegram = (
  { api = "https://api.telegram.org", chat, tokenFile }: Of<"telegram">,
  message: Message,
): Post => {
  const text = fitted(full(message), message.url, 4096, utf16);
  const lead = Math.min(message.subject.length, text.length);
  const entities = [
    { type: "bold", offset: 0, length: lead },
    ...(isTable(message) ? [{ type: "pre", offset: lead, length: text.length - lead }] : []),
  ];
  return json(`${api}/bot${secret(tokenFile)}/sendMessage`, {
    chat_id: chat,
    text,
    entities,
    link_preview_options: { is_disabled: true },
  });
};

/** The request that hands a message to a channel. Secrets are read at each use, so that a changed one counts at once. */
export const postFor = (channel: PostChannel, message: Message, id: string): Post => {
  switch (channel.kind) {
    case "webhook":
      return webhook(channel, message, id);
    case "ntfy":
      return ntfy(channel, message);
    case "slack":
      return slack(channel, message);
    case "discord":
      return discord(channel, message);
    case "telegram":
      return telegram(channel, message);
    default: {
      const never: never = channel;
      throw new Error(`no such channel: ${JSON.stringify(never)}`);
    }
  }
};
