import { readFileSync } from "node:fs";

import { jsonAnswer } from "@second-server/contract/channels/http";
import {
  type Channel,
  channelLabel,
  channelRemedy,
  channelRequest,
  isDelivered,
} from "@second-server/contract/channels/registry";
import type { SmtpChannel } from "@second-server/contract/observatory";

import { type Answer, ask } from "../checks/http";
import { Later, Refused } from "./failures";
import { createSmtpTransport } from "./smtp";
import type { Transport } from "./transport";

const LONGEST_PAUSE_MS = 3_600_000;

/** Seconds or a date in the header; seconds in the body at Discord and Telegram. */
const pauseMs = ({ retryAfter, body }: Answer, now: number): number => {
  const { retry_after: seconds, parameters } = jsonAnswer(body);
  const date = Date.parse(retryAfter ?? "");
  const asked =
    [Number(retryAfter), (date - now) / 1000, seconds, parameters?.retry_after].find((value) =>
      Number.isFinite(value),
    ) ?? 30;
  return Math.min(Math.ceil(Math.max(asked, 1) * 1000), LONGEST_PAUSE_MS);
};

/** @throws when the message was not taken: Later, Refused, or that it may be tried again. */
const judge = (channel: Channel, answer: Answer, now: number): void => {
  if (isDelivered(channel, answer)) return;
  const { status, body } = answer;
  const { description, message, error } = jsonAnswer(body);
  const words = (description ?? message ?? (typeof error === "string" ? error : body))
    .slice(0, 120)
    .replace(/[\s\p{Cc}]+/gu, " ")
    .trim();
  const text = `HTTP ${status} ${words}`.trim();
  if (status === 429 || (status === 503 && answer.retryAfter !== undefined))
    throw new Later(text, pauseMs(answer, now));
  const remedy = channelRemedy(channel, answer);
  if (remedy !== undefined) throw new Error(`${text}: ${remedy}`);
  if ([401, 403, 404, 410].includes(status))
    throw new Error(`${text}: its address or token is not, or no longer, right`);
  if ([400, 413, 422].includes(status)) throw new Refused(text);
  throw new Error(text);
};

const secretIn = (file: string): string => readFileSync(file, "utf8").trim();

export const transportOf = (channel: Channel | SmtpChannel): Transport => {
  if (channel.kind === "smtp") return createSmtpTransport(channel);
  return {
    name: channelLabel(channel),
    send: async (message, id) => {
      const { url, ...request } = channelRequest(channel, message, { id, secretIn });
      judge(channel, await ask(new URL(url), request, 15_000), Date.now());
      return undefined;
    },
  };
};
