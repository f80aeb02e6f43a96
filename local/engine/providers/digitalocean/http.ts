import { types } from "node:util";

import { z } from "zod";

import { pause } from "../pause";
import type { Work } from "../provider";

/** An answer of DigitalOcean's API that is an error; the message is as the Go client words it. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

export type Stops = Pick<Work, "signal" | "waiting">;
export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
export interface Request {
  readonly method: Method;
  /** Below /v2. */
  readonly path: string;
  readonly body?: object;
}

export interface Http {
  readonly endpoint: string;
  /**
   * What ends a pause of this work: the first request to stop as long as nothing has been changed
   * for it; then only the second.
   */
  readonly patience: (work: Stops) => AbortSignal;
  readonly send: (request: Request, work: Stops) => Promise<unknown>;
}

/**
 * The provider's retries of 429 and 5xx: five tries, after 1, 2, 4 and 8 s; Retry-After is obeyed.
 */
const PAUSES: readonly number[] = [1, 2, 4, 8];
const mayRetry = (status: number): boolean => status === 429 || (status >= 500 && status !== 501);

/** The answer, or why there is none. */
type Outcome =
  { readonly response: Response } | { readonly response?: undefined; readonly trouble: unknown };

const secondsAsked = ({ response }: Outcome): number | undefined => {
  if (!response?.headers.has("retry-after")) return undefined;
  const seconds = Number(response.headers.get("retry-after"));
  return Number.isFinite(seconds) ? seconds : undefined;
};

const ERROR_ANSWER = z.object({
  message: z.string().optional(),
  request_id: z.string().optional(),
});
const errorAnswer = (body: string): z.infer<typeof ERROR_ANSWER> => {
  try {
    const answer = ERROR_ANSWER.safeParse(JSON.parse(body));
    return answer.success ? answer.data : {};
  } catch {
    return { message: body.slice(0, 200) };
  }
};

const refusal = async (response: Response, what: string, attempts: number): Promise<ApiError> => {
  const { message = "", request_id } = errorAnswer(await response.text());
  const request = request_id ?? response.headers.get("x-request-id");
  const notes = [
    ...(request ? [`request ${JSON.stringify(request)}`] : []),
    ...(attempts > 1 ? [`giving up after ${attempts} attempt(s)`] : []),
  ].join("; ");
  const noted = notes === "" ? "" : ` (${notes})`;
  return new ApiError(response.status, `${what}: ${response.status}${noted} ${message}`.trimEnd());
};

/** What fetch says of a connection that fails is in the cause. */
const unreachable = (trouble: unknown, what: string, attempts: number): Error => {
  const cause =
    types.isNativeError(trouble) && types.isNativeError(trouble.cause)
      ? trouble.cause.message
      : String(trouble);
  return new Error(`${what}: ${cause}; giving up after ${attempts} attempt(s)`);
};

const attempt = async (
  url: string,
  token: string,
  { method, body }: Request,
  { signal }: Stops,
): Promise<Outcome> => {
  const headers = {
    authorization: `Bearer ${token}`,
    accept: "application/json",
    "user-agent": "second-server-engine",
    ...(method === "GET" ? {} : { "content-type": "application/json" }),
  };
  try {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    return { response: await fetch(url, { method, headers, signal, ...sent }) };
  } catch (trouble) {
    signal.throwIfAborted();
    return { trouble };
  }
};

export const createHttp = (endpoint: string, token: string): Http => {
  const base = endpoint.replace(/\/+$/, "");
  const begun = new WeakSet<Stops>();
  const patience = (work: Stops): AbortSignal => (begun.has(work) ? work.signal : work.waiting);
  return {
    endpoint: base,
    patience,
    send: async (request, work) => {
      const url = `${base}/v2${request.path}`;
      const what = `${request.method} ${url}`;
      for (let attempts = 1; ; attempts++) {
        const outcome = await attempt(url, token, request, work);
        const { response } = outcome;
        if (response?.ok) {
          if (request.method !== "GET") begun.add(work);
          const answer: unknown = response.status === 204 ? {} : await response.json();
          return answer;
        }
        const seconds = PAUSES[attempts - 1];
        if (seconds !== undefined && (!response || mayRetry(response.status))) {
          await pause((secondsAsked(outcome) ?? seconds) * 1000, patience(work));
          continue;
        }
        throw outcome.response
          ? await refusal(outcome.response, what, attempts)
          : unreachable(outcome.trouble, what, attempts);
      }
    },
  };
};
