import type { Channel } from "@second-server/contract/observatory";

import { type Answer, ask } from "../checks/http";
import { Later, Refused } from "./failures";
import type { Carrier } from "./outbox";
import { postFor, type PostChannel } from "./posts";
import { smtpCarrier } from "./smtp";

const LONGEST_PAUSE_MS = 3_600_000;

/** What a JSON answer says, as far as it is one. */
interface Said {
  readonly ok?: boolean;
  readonly description?: string;
  readonly message?: string;
  readonly error?: unknown;
  readonly retry_after?: number;
  readonly parameters?: { readonly retry_after?: number; readonly migrate_to_chat_id?: number };
}

const said = (body: string): Said => {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
};

/** Seconds or a date in the header; seconds in the body at Discord and Telegram. */
const pauseMs = ({ retryAfter, body }: Answer, now: number): number => {
  const { retry_after: seconds, parameters } = said(body);
  const date = Date.parse(retryAfter ?? "");
  const asked =
    [Number(retryAfter), (date - now) / 1000, seconds, parameters?.retry_after].find((value) =>
      Number.isFinite(value),
    ) ?? 30;
  return Math.min(Math.ceil(Math.max(asked, 1) * 1000), LONGEST_PAUSE_MS);
};

/** Slack says "ok" and Telegram {"ok":true}: a page of something in between answers 200 as well. */
const isTaken = (kind: PostChannel["kind"], { status, body }: Answer): boolean => {
  if (status < 200 || status > 299) return false;
  if (kind === "slack") return body.trim() === "ok";
  return kind !== "telegram" || said(body).ok === true;
};

/** @throws when the message was not taken: Later, Refused, or that it may be tried again. */
export const judge = (kind: PostChannel["kind"], answer: Answer, now: number): void => {
  if (isTaken(kind, answer)) return;
  const { status, body } = answer;
  const { description, message, error, parameters } = said(body);
  const words = (description ?? message ?? (typeof error === "string" ? error : body))
    .slice(0, 120)
    .replace(/[\s\p{Cc}]+/gu, " ")
    .trim();
  const text = `HTTP ${status} ${words}`.trim();
  if (status === 429 || (status === 503 && answer.retryAfter !== undefined))
    throw new Later(text, pauseMs(answer, now));
  if (parameters?.migrate_to_chat_id !== undefined)
    throw new Error(
      `${text}: the group has the new id ${parameters.migrate_to_chat_id}; write it in fleet.yaml`,
    );
  if ([401, 403, 404, 410].includes(status) || /chat not found/i.test(words))
    throw new Error(`${text}: its address or token is not, or no longer, right`);
  if ([400, 413, 422].includes(status)) throw new Refused(text);
  throw new Error(text);
};

/** Secrets stand in the addresses of some: only a webhook's host is named. */
const nameOf = (channel: PostChannel): string =>
  channel.kind === "webhook" || channel.kind === "ntfy"
    ? `${channel.kind} at ${new URL(channel.url).host}`
    : channel.kind;

export const carrierOf = (channel: Channel): Carrier => {
  if (channel.kind === "smtp") return smtpCarrier(channel);
  return {
    name: nameOf(channel),
    async carry(message, id) {
      const { url, headers, body } = postFor(channel, message, id);
      judge(
        channel.kind,
        await ask(new URL(url), { method: "POST", headers, body }, 15_000),
        Date.now(),
      );
    },
  };
};
