import { randomUUID } from "node:crypto";

import { Hono, type MiddlewareHandler } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";

import type { Clock } from "../clock";
import type { Hypervisor } from "../machines/hypervisor";
import type { SendLetter } from "../mail/send";
import type { KeyedQueue } from "../queue";
import type { Store } from "../store";
import { accountRoutes } from "./account";
import { actionRoutes } from "./actions";
import { createCalls, type Calls } from "./calls";
import type { Api, ApiEnv, Cloud } from "./cloud";
import { resumeImports } from "./custom-images";
import { domainAndRecordRoutes } from "./domains";
import { resumeDropletActions } from "./droplets/actions";
import { associatedRoutes } from "./droplets/associated";
import { dropletRoutes } from "./droplets/routes";
import { ApiError, notEmulated } from "./errors";
import { createFaults } from "./faults";
import { firewallRoutes } from "./firewalls";
import { resumeImageActions } from "./image-actions";
import { createJobs } from "./jobs";
import { createLetters } from "./letters";
import { metricsRoutes } from "./metrics";
import { monitoringRoutes } from "./monitoring";
import { resumeMoves } from "./moves";
import { createNetwork } from "./network-plan";
import { createNotices, type PostHook } from "./notices";
import { projectRoutes } from "./projects";
import { createRateLimit } from "./rate-limit";
import { reservedIpRoutes } from "./reserved-ips";
import { reservedIpv6Routes } from "./reserved-ipv6";
import { imageAndSnapshotRoutes } from "./snapshots";
import { sshKeyRoutes } from "./ssh-keys";
import { tagRoutes } from "./tags";
import { uptimeRoutes } from "./uptime";
import { resumeVolumeActions, volumeRoutes } from "./volumes";
import { resumePeerings, vpcPeeringRoutes } from "./vpc-peerings";
import { vpcRoutes } from "./vpcs";
import { createMetrics } from "./watch/metrics";

export interface ApiDeps {
  readonly store: Store;
  readonly hypervisor: Hypervisor;
  /** By droplet it is the machines' as well. */
  readonly queue: KeyedQueue;
  readonly clock: Clock;
  readonly pace: "host" | "real";
  readonly send: SendLetter;
  readonly post: PostHook;
  readonly log: (line: string) => void;
}

export interface CreatedApi {
  readonly app: Api;
  readonly cloud: Cloud;
  readonly calls: Calls;
  /** Goes on with what a killed daemon was doing. Call once, when the machines have been taken over. */
  resume(): Promise<void>;
}

const createCloud = (deps: ApiDeps): Cloud => {
  const { store, hypervisor, queue, clock, pace, send, post, log } = deps;
  hypervisor.onPowerChange((dropletId, power) => {
    const droplet = store.state.droplets.find((one) => one.id === dropletId);
    if (!droplet || droplet.status === "new") return;
    droplet.status = power === "on" ? "active" : "off";
    store.save().catch((error: Error) => log(`records not saved: ${error.message}`));
  });
  const jobs = createJobs({
    queue,
    save: store.save,
    failed: (key, error) => log(`${key}: ${error.stack ?? error.message}`),
  });
  const write = createLetters({ send, clock, jobs, log });
  return {
    store,
    state: store.state,
    hypervisor,
    clock,
    pace,
    log,
    jobs,
    write,
    notify: createNotices({ write, post, jobs, log }),
    network: createNetwork(store.state, hypervisor),
    faults: createFaults({ state: store.state, hypervisor, queue, clock }),
    metrics: createMetrics({ state: store.state, hypervisor, clock, log }),
  };
};

const identify =
  (cloud: Cloud, calls: Calls): MiddlewareHandler<ApiEnv> =>
  async (c, next) => {
    const started = performance.now();
    const requestId = randomUUID();
    c.set("requestId", requestId);
    await next();
    c.header("x-request-id", requestId);
    // The console page asks every two seconds: it would show nothing but itself.
    if (c.get("token") === "console") return;
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

const authenticate: MiddlewareHandler<ApiEnv> = async (c, next) => {
  const token = /^Bearer\s+(\S+)$/i.exec(c.req.header("authorization") ?? "")?.[1];
  if (!token) throw new ApiError(401, "unauthorized", "Unable to authenticate you");
  c.set("token", token);
  await next();
};

const limit = (cloud: Cloud): MiddlewareHandler<ApiEnv> => {
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

const ids: Readonly<Record<number, string>> = {
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
const misbehave =
  (cloud: Cloud): MiddlewareHandler<ApiEnv> =>
  async (c, next) => {
    // The console page has to show the fault, and must not use up its times.
    if (c.get("token") === "console") return next();
    const path = new URL(c.req.url).pathname.replace(/^\/v2/, "");
    const fault = cloud.faults.find(
      "api",
      (one) => (!one.method || one.method === c.req.method) && path.startsWith(one.path ?? "/"),
    );
    if (fault?.delayMs) await cloud.clock.sleep(fault.delayMs);
    if (fault?.status) {
      const headers: Record<string, string> =
        fault.retryAfterSeconds === undefined
          ? {}
          : { "retry-after": String(fault.retryAfterSeconds) };
      throw new ApiError(
        fault.status as ApiError["status"],
        ids[fault.status] ?? "server_error",
        fault.message ?? "A fault was asked for.",
        headers,
      );
    }
    await next();
  };

/** What a call changed is on disk before its answer leaves. */
const persist =
  (cloud: Cloud): MiddlewareHandler<ApiEnv> =>
  async (c, next) => {
    await next();
    if (c.req.method !== "GET" && c.req.method !== "HEAD") await cloud.store.save();
  };

const answerErrors = (app: Api, cloud: Cloud): void => {
  app.onError((error, c) => {
    const known = error instanceof ApiError ? error : null;
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
    return c.json(body, (known?.status ?? 500) as ContentfulStatusCode);
  });
};

/** API v2 over the given records and machines. */
export const createApi = (deps: ApiDeps): CreatedApi => {
  const cloud = createCloud(deps);
  const calls = createCalls();
  const app: Api = new Hono<ApiEnv>();
  answerErrors(app, cloud);
  app.use(
    "/v2/*",
    identify(cloud, calls),
    authenticate,
    limit(cloud),
    misbehave(cloud),
    persist(cloud),
  );
  const resources = [
    accountRoutes,
    sshKeyRoutes,
    actionRoutes,
    dropletRoutes,
    reservedIpRoutes,
    reservedIpv6Routes,
    domainAndRecordRoutes,
    firewallRoutes,
    tagRoutes,
    projectRoutes,
    vpcRoutes,
    vpcPeeringRoutes,
    imageAndSnapshotRoutes,
    volumeRoutes,
    uptimeRoutes,
    monitoringRoutes,
    metricsRoutes,
    associatedRoutes,
  ];
  for (const routes of resources) app.route("/v2", routes(cloud));
  app.all("/v2/*", (c) => {
    throw notEmulated(`${c.req.method} ${c.req.path}`);
  });
  return {
    app,
    cloud,
    calls,
    resume: async () => {
      for (const problem of await cloud.faults.restore()) cloud.log(problem);
      resumeMoves(cloud);
      resumePeerings(cloud);
      resumeDropletActions(cloud);
      resumeVolumeActions(cloud);
      resumeImports(cloud);
      resumeImageActions(cloud);
    },
  };
};
