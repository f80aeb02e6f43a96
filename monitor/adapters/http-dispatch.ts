import type { HttpDispatch } from "@second-server/contract/channels/channel";
import { jsonAnswer } from "@second-server/contract/channels/http";

import { type Answer, ask } from "../checks/http";
import { Later, Refused } from "./failures";

const TIMEOUT_MS = 15_000;
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
const judge = ({ isDelivered, remedy }: HttpDispatch, answer: Answer, now: number): void => {
  if (isDelivered(answer)) return;
  const { status, body } = answer;
  const { description, message, error } = jsonAnswer(body);
  const words = (description ?? message ?? (typeof error === "string" ? error : body))
    .slice(0, 120)
    .replace(/[\s\p{Cc}]+/gu, " ")
    .trim();
  const text = `HTTP ${status} ${words}`.trim();
  if (status === 429 || (status === 503 && answer.retryAfter !== undefined))
    throw new Later(text, pauseMs(answer, now));
  const change = remedy?.(answer);
  if (change !== undefined) throw new Error(`${text}: ${change}`);
  if ([401, 403, 404, 410].includes(status))
    throw new Error(`${text}: its address or token is not, or no longer, right`);
  if ([400, 413, 422].includes(status)) throw new Refused(text);
  throw new Error(text);
};

/**
 * Hands one message to a service. @throws when it was not taken: Later, Refused, or that it may be
 * tried again.
 */
export const sendByHttp = async (dispatch: HttpDispatch): Promise<undefined> => {
  const { url, ...request } = dispatch.request;
  judge(dispatch, await ask(new URL(url), request, TIMEOUT_MS), Date.now());
};
