import { isSuccess, jsonAnswer, overHttp, postJson } from "./http";
import { fitted, full, isTable, utf16 } from "./wording";

interface Telegram {
  readonly chat: string;
  readonly tokenFile: string;
  /** @default "https://api.telegram.org" */
  readonly api?: string;
}

/**
 * A bot of Telegram. It takes 4,096 characters. Without a parse mode nothing can fail to parse;
 * what is bold or of fixed width is said by its place.
 */
export const telegram = overHttp<Telegram>({
  options: { chat: { key: "telegram", is: /^-?\d+$|^@\w+$/, shownAs: "CHAT" } },
  secrets: { tokenFile: { name: "telegram-token" } },
  label: () => "telegram",
  request: ({ api = "https://api.telegram.org", chat, tokenFile }, message, { secretIn }) => {
    const text = fitted(full(message), message.url, 4096, utf16);
    const lead = Math.min(message.subject.length, text.length);
    const entities = [
      { type: "bold", offset: 0, length: lead },
      ...(isTable(message) ? [{ type: "pre", offset: lead, length: text.length - lead }] : []),
    ];
    return postJson(`${api}/bot${secretIn(tokenFile)}/sendMessage`, {
      chat_id: chat,
      text,
      entities,
      link_preview_options: { is_disabled: true },
    });
  },
  isDelivered: (answer) => isSuccess(answer) && jsonAnswer(answer.body).ok === true,
  remedy: ({ body }) => {
    const { parameters, description = "" } = jsonAnswer(body);
    if (parameters?.migrate_to_chat_id !== undefined)
      return `the group has the new id ${parameters.migrate_to_chat_id}; write it in fleet.yaml`;
    return /chat not found/i.test(description)
      ? "its address or token is not, or no longer, right"
      : undefined;
  },
});
