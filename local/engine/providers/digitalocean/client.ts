import { setTimeout as sleep } from "node:timers/promises";

/** An answer of DigitalOcean's API that is an error; the message is as the Go client words it. */
export class ApiError extends Error {
  constructor(readonly status: number, message: string) { super(message); }
}

export type Json = Record<string, any>;
/** Talks to one account. Paths are below /v2. */
export interface Client {
  readonly endpoint: string;
  get(path: string, signal?: AbortSignal): Promise<Json>;
  post(path: string, body: object, signal?: AbortSignal): Promise<Json>;
  put(path: string, body: object, signal?: AbortSignal): Promise<Json>;
  patch(path: string, body: object, signal?: AbortSignal): Promise<Json>;
  /** A thing that is gone already counts as deleted. */
  delete(path: string, signal?: AbortSignal, body?: object): Promise<void>;
  /** As get; null for a 404. */
  find(path: string, signal?: AbortSignal): Promise<Json | null>;
  /** All pages of a list, joined. */
  list(path: string, key: string, signal?: AbortSignal): Promise<readonly Json[]>;
}

/** The provider's retries of 429 and 5xx: five tries, after 1, 2, 4 and 8 s; Retry-After is obeyed. */
const PAUSES = [1, 2, 4, 8] as const;
const mayRetry = (status: number): boolean => status === 429 || status >= 500 && status !== 501;

const pauseOf = (response: Response | null, attempt: number): number => {
  const asked = Number(response?.headers.get("retry-after"));
  return response?.headers.has("retry-after") && Number.isFinite(asked) ? asked : PAUSES[attempt]!;
};

const errorOf = async (response: Response, method: string, url: string, attempts: number): Promise<ApiError> => {
  const body = await response.text();
  let parsed: { message?: string; request_id?: string } = {};
  try { parsed = JSON.parse(body) as typeof parsed; } catch { parsed = { message: body.slice(0, 200) }; }
  const request = parsed.request_id ?? response.headers.get("x-request-id");
  const tries = attempts > 1 ? `giving up after ${attempts} attempt(s)` : "";
  const notes = [request ? `request ${JSON.stringify(request)}` : "", tries].filter((note) => note !== "").join("; ");
  return new ApiError(response.status, `${method} ${url}: ${response.status}${notes === "" ? "" : ` (${notes})`} ${parsed.message ?? ""}`.trimEnd());
};

export const openClient = (endpoint: string, token: string): Client => {
  const base = endpoint.replace(/\/+$/, "");
  const call = async (method: string, path: string, body: object | undefined, signal?: AbortSignal): Promise<Json> => {
    const url = `${base}/v2${path}`;
    const headers = { authorization: `Bearer ${token}`, accept: "application/json", "user-agent": "second-server-engine", ...(method === "GET" ? {} : { "content-type": "application/json" }) };
    for (let attempt = 0; ; attempt++) {
      let response: Response | null = null;
      let trouble: unknown;
      try {
        response = await fetch(url, { method, headers, ...(signal ? { signal } : {}), ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
      } catch (error) {
        signal?.throwIfAborted();
        trouble = error;
      }
      if (response?.ok) return response.status === 204 ? {} : ((await response.json()) as Json);
      if (attempt < PAUSES.length && (response === null || mayRetry(response.status))) {
        await sleep(pauseOf(response, attempt) * 1000, undefined, signal ? { signal } : {});
        continue;
      }
      if (response) throw await errorOf(response, method, url, attempt + 1);
      const cause = (trouble as { cause?: { message?: string } }).cause?.message ?? String(trouble);
      throw new Error(`${method} ${url}: ${cause}; giving up after ${attempt + 1} attempt(s)`);
    }
  };
  const find = async (path: string, signal?: AbortSignal): Promise<Json | null> => {
    try { return await call("GET", path, undefined, signal); } catch (error) {
      if (error instanceof ApiError && error.status === 404) return null;
      throw error;
    }
  };
  return {
    endpoint: base, find,
    get: async (path, signal) => await call("GET", path, undefined, signal),
    post: async (path, body, signal) => await call("POST", path, body, signal),
    put: async (path, body, signal) => await call("PUT", path, body, signal),
    patch: async (path, body, signal) => await call("PATCH", path, body, signal),
    delete: async (path, signal, body) => {
      try { await call("DELETE", path, body, signal); } catch (error) {
        if (!(error instanceof ApiError && error.status === 404)) throw error;
      }
    },
    list: async (path, key, signal) => {
      const items: Json[] = [];
      for (let page = 1; ; page++) {
        const answer = await call("GET", `${path}${path.includes("?") ? "&" : "?"}page=${page}&per_page=200`, undefined, signal);
        items.push(...((answer[key] as Json[] | undefined) ?? []));
        if (!answer["links"]?.pages?.next) return items;
      }
    },
  };
};
