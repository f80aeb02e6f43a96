import { randomUUID } from "node:crypto";

import type { Context, MiddlewareHandler } from "hono";

import { hitsCall } from "../faults/api";
import type { Calls } from "./calls";
import type { Api, ApiEnv, Cloud } from "./cloud";
import { ApiError, forbidden } from "./errors";
import { createRateLimit } from "./rate-limit";
import { allows } from "./tokens/scopes";

/**
 * The console page's: it is not counted among the calls, and spared the faults that it has to show.
 */
const CONSOLE_TOKEN = "console";

/** Gives a request its id, and notes the call with its answer. */
export const identify =
  (cloud: Cloud, calls: Calls): MiddlewareHandler<ApiEnv> =>
  async (c, next) => {
    const started = performance.now();
    const requestId = randomUUID();
    c.set("requestId", requestId);
    await next();
    c.header("x-request-id", requestId);
    // The console page asks every two seconds: it would show nothing but itself.
    if (c.get("token") === CONSOLE_TOKEN) return;
    const { search, pathname } = new URL(c.req.url);
    calls.add({
      at: cloud.clock.now().toISOString(),
      method: c.req.method,
      path: pathname + search,
      status: c.res.status,
      milliseconds: Math.round(performance.now() - started),
      requestId,
    });
  };

const tokenOf = (c: Context<ApiEnv>): string | undefined =>
  /^Bearer\s+(\S+)$/i.exec(c.req.header("authorization") ?? "")?.[1];

/** 401 without a token, or with one that nobody has. */
export const authenticate =
  ({ tokens }: Cloud): MiddlewareHandler<ApiEnv> =>
  async (c, next) => {
    const token = tokenOf(c);
    if (!token || !(c.env?.ownersDoor || tokens.scopesOf(token)))
      throw new ApiError(401, "unauthorized", "Unable to authenticate you");
    c.set("token", token);
    await next();
  };

/**
 * The object that a request brings; what is none needs no scope of its own, and is refused by
 * whoever reads it.
 */
const bodyOf = async (c: Context<ApiEnv>): Promise<Readonly<Record<string, unknown>>> => {
  try {
    const given: unknown = JSON.parse(await c.req.text());
    return typeof given === "object" ? { ...given } : {};
  } catch {
    return {};
  }
};

/** 403 where the token's scopes do not allow the call. */
export const authorize =
  ({ tokens }: Cloud): MiddlewareHandler<ApiEnv> =>
  async (c, next) => {
    // Through the owner's door a token that nobody has is the owner's; one with scopes has those
    // there too.
    const scopes = tokens.scopesOf(c.get("token")) ?? ["read", "write"];
    const call = { method: c.req.method, path: new URL(c.req.url).pathname };
    if (!scopes.includes("write") && !allows(scopes, { ...call, body: await bodyOf(c) }))
      throw forbidden("You are not authorized to perform this operation");
    await next();
  };

export const limitRate = (cloud: Cloud): MiddlewareHandler<ApiEnv> => {
  const limiter = createRateLimit(cloud.clock, cloud.pace === "real");
  return async (c, next) => {
    const verdict = limiter.count(c.get("token"));
    for (const [name, value] of Object.entries(verdict.headers)) c.header(name, value);
    if (!verdict.allowed)
      throw new ApiError(429, "too_many_requests", "API Rate limit exceeded.", {
        "retry-after": String(verdict.retryAfterSeconds),
      });
    await next();
  };
};

const errorIds: Readonly<Record<number, string>> = {
  400: "bad_request",
  401: "unauthorized",
  403: "forbidden",
  404: "not_found",
  409: "conflict",
  422: "unprocessable_entity",
  429: "too_many_requests",
  500: "server_error",
  503: "service_unavailable",
};

/** Delays or refuses a call for which somebody has asked for a fault. */
export const misbehave =
  (cloud: Cloud): MiddlewareHandler<ApiEnv> =>
  async (c, next) => {
    // The console page has to show the fault, and must not use up its times.
    if (c.get("token") === CONSOLE_TOKEN) return next();
    const path = new URL(c.req.url).pathname.replace(/^\/v2/, "");
    const call = { method: c.req.method, path };
    const fault = cloud.faults.find("api", (one) => hitsCall(one, call));
    if (fault?.delayMs) await cloud.clock.sleep(fault.delayMs);
    if (fault?.status) {
      const headers: Record<string, string> =
        fault.retryAfterSeconds === undefined
          ? {}
          : { "retry-after": String(fault.retryAfterSeconds) };
      throw new ApiError(
        fault.status,
        errorIds[fault.status] ?? "server_error",
        fault.message ?? "A fault was asked for.",
        headers,
      );
    }
    await next();
  };

/** What a call changed is on disk before its answer leaves. */
export const persist =
  (cloud: Cloud): MiddlewareHandler<ApiEnv> =>
  async (c, next) => {
    await next();
    if (c.req.method !== "GET" && c.req.method !== "HEAD") await cloud.store.save();
  };

/** DigitalOcean's error body; what is no `ApiError` is a defect, and logged. */
export const answerErrors = (app: Api, cloud: Cloud): void => {
  app.onError((error, c) => {
    const known = error instanceof ApiError ? error : undefined;
    if (!known)
      cloud.log(
        `${c.req.method} ${c.req.path} (request ${c.get("requestId")}): ${error.stack ?? error.message}`,
      );
    for (const [name, value] of Object.entries(known?.headers ?? {})) c.header(name, value);
    const body = {
      id: known?.id ?? "server_error",
      message: known?.message ?? "Unexpected server-side error",
      request_id: c.get("requestId"),
    };
    return c.json(body, known?.status ?? 500);
  });
};
