import { isSuccess, overHttp } from "./http";
import type { Message } from "./message";
import { bytes, fitted, headerText } from "./wording";

interface Ntfy {
  readonly url: string;
  readonly tokenFile?: string;
}

const TAGS: Readonly<Record<Message["kind"], string>> = {
  down: "rotating_light",
  up: "white_check_mark",
  note: "information_source",
  report: "information_source",
};

/**
 * A topic of ntfy. It takes a body of up to 4,096 bytes for a message; a longer one becomes an
 * attachment or is refused.
 */
export const ntfy = overHttp<Ntfy>({
  options: { url: { key: "ntfy", is: "url", shownAs: "URL" } },
  // A topic of one's own server may want a token; a public one has none.
  secrets: { tokenFile: { name: "ntfy-token", isOptional: true } },
  label: ({ url }) => `ntfy at ${new URL(url).host}`,
  request: ({ url, tokenFile }, { kind, subject, text, url: link }, { secretIn }) => ({
    method: "POST",
    url,
    body: fitted(text, link, 4096, bytes),
    headers: {
      "content-type": "text/plain; charset=utf-8",
      title: headerText(subject),
      priority: kind === "down" ? "urgent" : "default",
      tags: TAGS[kind],
      ...(link === undefined ? {} : { click: new URL(link).href }),
      ...(tokenFile === undefined ? {} : { authorization: `Bearer ${secretIn(tokenFile)}` }),
    },
  }),
  isDelivered: isSuccess,
});
