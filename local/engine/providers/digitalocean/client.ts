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

export type Json = Record<string, any>;
type Stops = Pick<Work, "signal" | "waiting">;
/** Talks to one account. Paths are below /v2. */
export interface Client {
  readonly endpoint: string;
  /** What ends a pause of this work: the first request to stop as long as nothing has been changed for it; then only the second. */
  patience(work: Stops): AbortSignal;
  get(path: string, work: Stops): Promise<Json>;
  post(path: string, body: object, work: Stops): Promise<Json>;
  put(path: string, body: object, work: Stops): Promise<Json>;
  patch(path: string, body: object, work: Stops): Promise<Json>;
  /** A thing that is gone already counts as deleted. */
  delete(path: string, work: Stops, body?: object): Promise<void>;
  /** As get; null for a 404. */
  find(path: string, work: Stops): Promise<Json | null>;
  /** All pages of a list, joined. */
  list(path: string, key: string, work: Stops): Promise<readonly Json[]>;
}

/** The provider's retries of 429 and 5xx: five tries, after 1, 2, 4 and 8 s; Retry-After is obeyed. */
const PAUSES = [1, 2, 4, 8] as const;
const mayRetry = (status: number): boolean => status === 429 || (status >= 500 && status !== 501);

const pauseOf = (response: Response | null, attempt: number): number => {
  const asked = Number(response?.headers.get("retry-after"));
  return response?.headers.has("retry-after") && Number.isFinite(asked) ? asked : PAUSES[attempt]!;
};

const errorOf = async (
  response: Response,
  method: string,
  url: string,
  attempts: number,
): Promise<ApiError> => {
  const body = await response.text();
  let parsed: { message?: string; request_id?: string } = {};
  try {
    parsed = JSON.parse(body) as typeof parsed;
  } catch {
    parsed = { message: body.slice(0, 200) };
  }
  const request = parsed.request_id ?? response.headers.get("x-request-id");
  const tries = attempts > 1 ? `giving up after ${attempts} attempt(s)` : "";
  const notes = [request ? `request ${JSON.stringify(request)}` : "", tries]
    .filter((note) => note !== "")
    .join("; ");
  return new ApiError(
    response.status,
    `${method} ${url}: ${response.status}${notes === "" ? "" : ` (${notes})`} ${parsed.message ?? ""}`.trimEnd(),
  );
};

export const openClient = (endpoint: string, token: string): Client => {
  const base = endpoint.replace(/\/+$/, "");
  const begun = new WeakSet<Stops>();
  const patience = (work: Stops): AbortSignal => (begun.has(work) ? work.signal : work.waiting);
  const call = async (
    method: string,
    path: string,
    body: object | undefined,
    work: Stops,
  ): Promise<Json> => {
    const url = `${base}/v2${path}`;
    const headers = {
      authorization: `Bearer ${token}`,
      accept: "application/json",
      "user-agent": "second-server-engine",
      ...(method === "GET" ? {} : { "content-type": "application/json" }),
    };
    for (let attempt = 0; ; attempt++) {
      let response: Response | null = null;
      let trouble: unknown;
      try {
        response = await fetch(url, {
          method,
          headers,
          signal: work.signal,
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
      } catch (error) {
        work.signal.throwIfAborted();
        trouble = error;
      }
      if (response?.ok) {
        if (method !== "GET") begun.add(work);
        return response.status === 204 ? {} : ((await response.json()) as Json);
      }
      if (attempt < PAUSES.length && (response === null || mayRetry(response.status))) {
        await pause(pauseOf(response, attempt) * 1000, patience(work));
        continue;
      }
      if (response) throw await errorOf(response, method, url, attempt + 1);
      const cause = (trouble as { cause?: { message?: string } }).cause?.message ?? String(trouble);
      throw new Error(`${method} ${url}: ${cause}; giving up after ${attempt + 1} attempt(s)`);
    }
  };
  const find = async (path: string, work: Stops): Promise<Json | null> => {
    try {
      return await call("GET", path, undefined, work);
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return null;
      throw error;
    }
  };
  return {
    endpoint: base,
    find,
    patience,
    get: async (path, work) => await call("GET", path, undefined, work),
    post: async (path, body, work) => await call("POST", path, body, work),
    put: async (path, body, work) => await call("PUT", path, body, work),
    patch: async (path, body, work) => await call("PATCH", path, body, work),
    delete: async (path, work, body) => {
      try {
        await call("DELETE", path, body, work);
      } catch (error) {
        if (!(error instanceof ApiError && error.status === 404)) throw error;
      }
    },
    list: async (path, key, work) => {
      const items: Json[] = [];
      for (let page = 1; ; page++) {
        const answer = await call(
          "GET",
          `${path}${path.includes("?") ? "&" : "?"}page=${page}&per_page=200`,
          undefined,
          work,
        );
        items.push(...((answer[key] as Json[] | undefined) ?? []));
        if (!answer["links"]?.pages?.next) return items;
      }
    },
  };
};
