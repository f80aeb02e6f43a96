import { isSuccess, overHttp, postJson } from "./http";
import { fitted, full, inCode, isTable, slackText, utf16 } from "./wording";

interface Slack {
  readonly urlFile: string;
}

/**
 * An incoming webhook of Slack. It advises 4,000 characters and has no way to escape its emphasis,
 * so emphasis is off, but for a table. Previews would fetch the links.
 */
export const slack = overHttp<Slack>({
  options: {},
  secrets: { urlFile: { name: "slack-url" } },
  label: () => "slack",
  request: ({ urlFile }, message, { secretIn }) => {
    const { subject, text, url } = message;
    const table = (): string => inCode(fitted(text, url, 3600, utf16, (line) => slackText(line)));
    const body = isTable(message)
      ? { text: `${slackText(subject)}\n${table()}` }
      : { text: fitted(full(message), url, 4000, utf16, slackText), mrkdwn: false };
    return postJson(secretIn(urlFile), { ...body, unfurl_links: false, unfurl_media: false });
  },
  isDelivered: (answer) => isSuccess(answer) && answer.body.trim() === "ok",
});
