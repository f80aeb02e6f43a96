import { isSuccess, overHttp, postJson } from "./http";
import { discordText, fitted, full, inCode, isTable, utf16 } from "./wording";

interface Discord {
  readonly urlFile: string;
}

const SUPPRESS_EMBEDS = 4;

/**
 * A webhook of Discord. It takes 2,000 characters. wait=true: it answers when the message is there,
 * not when it was heard.
 */
export const discord = overHttp<Discord>({
  options: {},
  secrets: { urlFile: { name: "discord-url" } },
  label: () => "discord",
  request: ({ urlFile }, message, { secretIn }) => {
    const { subject, text, url } = message;
    const to = new URL(secretIn(urlFile));
    to.searchParams.set("wait", "true");
    const content = isTable(message)
      ? `**${discordText(subject)}**\n${inCode(fitted(text, url, 1700, utf16))}`
      : fitted(full(message), url, 2000, utf16, discordText);
    return postJson(to.href, { content, allowed_mentions: { parse: [] }, flags: SUPPRESS_EMBEDS });
  },
  isDelivered: isSuccess,
});
