import type { Letter } from "../mail/send";
import type { Jobs } from "./jobs";

export interface Channels {
  readonly email: readonly string[];
  readonly slack: readonly { readonly channel: string; readonly url: string }[];
}
/** Resolves when the webhook has taken it; rejects with the reason when not. */
export type PostHook = (url: string, message: Readonly<Record<string, string>>) => Promise<void>;
export type Notify = (channels: Channels, subject: string, text: string) => void;

/**
 * By mail, and to Slack's webhooks where they are within the lab's reach. The log names no URL: who
 * knows it may post.
 */
export const createNotifications =
  ({
    write,
    post,
    jobs,
    log,
  }: {
    write: (letter: Letter) => void;
    post: PostHook;
    jobs: Jobs;
    log: (line: string) => void;
  }): Notify =>
  (channels, subject, text) => {
    write({ to: channels.email, subject, text });
    for (const { channel, url } of channels.slack) {
      void jobs.run("webhooks", () =>
        post(url, { channel, username: "DigitalOcean", text: `*${subject}*\n${text}` }).catch(
          (error: Error) =>
            log(`"${subject}" did not reach Slack channel ${channel}: ${error.message}`),
        ),
      );
    }
  };
