import type { Command } from "commander";

import { type CommonOptions, type Context, common, contextOf } from "../context";
import { call, type Lab, runningLab } from "../lab";

export interface Mail {
  readonly id: string | number;
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly date: string;
  readonly text: string;
  readonly html?: string;
}

export const render = (mails: readonly Mail[]): string =>
  mails.length === 0
    ? "No mail yet."
    : mails
        .map(({ from, to, subject, date, text }) =>
          [
            `Date:    ${date}`,
            `From:    ${from}`,
            `To:      ${to.join(", ")}`,
            `Subject: ${subject}`,
            "",
            ...text
              .trimEnd()
              .split("\n")
              .map((line) => `  ${line}`),
            "",
          ].join("\n"),
        )
        .join("\n");

/** What the lab's mail relay has taken, the newest last. */
export const readInbox = async (lab: Lab, context: Context): Promise<readonly Mail[]> =>
  ((await call(lab, context, "GET", "/local/inbox")) as { readonly mails: readonly Mail[] }).mails;

export const define = (command: Command): void => {
  common(command)
    .option("--clear", "empty the inbox")
    .action(async (options: CommonOptions & { clear?: boolean }) => {
      const context = contextOf(options);
      const { lab } = await runningLab(context, "mail");
      if (options.clear) {
        await call(lab, context, "DELETE", "/local/inbox");
        return;
      }
      const mails = await readInbox(lab, context);
      console.log(context.json ? JSON.stringify(mails, undefined, 2) : render(mails));
    });
};
