import { isSuccess, overHttp, postJson } from "./http";

interface Webhook {
  readonly url: string;
}

/** Any address that takes JSON. */
export const webhook = overHttp<Webhook>({
  options: { url: { key: "webhook", is: "url", shownAs: "URL" } },
  secrets: {},
  label: ({ url }) => `webhook at ${new URL(url).host}`,
  request: ({ url }, { kind, subject, text, url: link }, { id }) =>
    postJson(
      url,
      {
        id,
        kind,
        subject,
        text,
        url: link,
      },
      { "idempotency-key": id },
    ),
  isDelivered: isSuccess,
});
