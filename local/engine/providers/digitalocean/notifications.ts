import { z } from "zod";

import { isList, isProps, type Props, type Value } from "../../values/value";
import { optionalText, toTexts } from "./convert";

/** Whom an alert goes to, as the API has it. */
export const notifications = z.object({
  email: z.array(z.string()).nullish(),
  slack: z.array(z.object({ channel: z.string(), url: z.string() })).nullish(),
});

const firstOf = (value: Value | undefined): Props => {
  const first = isList(value) ? value[0] : value;
  return isProps(first) ? first : {};
};

/** {emails, slacks} → {email, slack}. */
export const toNotifications = (value: Value | undefined) => {
  const { emails, slacks } = firstOf(value);
  return {
    email: toTexts(emails),
    slack: (isList(slacks) ? slacks.filter(isProps) : []).map(({ channel, url }) => ({
      channel: optionalText(channel),
      url: optionalText(url),
    })),
  };
};

export const fromNotifications = (
  told: z.output<typeof notifications> | null | undefined,
): Props => ({
  emails: told?.email ?? [],
  slacks: told?.slack ?? [],
});
