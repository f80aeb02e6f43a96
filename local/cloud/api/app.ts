import { Hono } from "hono";

import type { Clock } from "../clock";
import { createFaults } from "../faults/active";
import type { Hypervisor } from "../machines/hypervisor";
import type { SendLetter } from "../mail/send";
import type { KeyedQueue } from "../queue";
import type { Store } from "../record-store";
import { createCalls, type Calls } from "./calls";
import type { Api, ApiEnv, Cloud } from "./cloud";
import { createCustomerMail } from "./customer-mail";
import { notEmulated } from "./errors";
import { createJobs } from "./jobs";
import {
  answerErrors,
  authenticate,
  authorize,
  identify,
  limitRate,
  misbehave,
  persist,
} from "./middleware";
import { createNetwork } from "./network-plan";
import { createNotifications, type PostHook } from "./notifications";
import { resources } from "./resources";
import { createTokens, type TokenOptions } from "./tokens/tokens";
import { createMetrics } from "./watch/metrics";

export interface ApiDeps {
  readonly store: Store;
  readonly hypervisor: Hypervisor;
  /** By droplet it is the machines' as well. */
  readonly queue: KeyedQueue;
  readonly clock: Clock;
  readonly pace: "host" | "real";
  readonly access: Pick<TokenOptions, "owner" | "strangers">;
  readonly send: SendLetter;
  readonly post: PostHook;
  readonly log: (line: string) => void;
}

export interface CreatedApi {
  readonly app: Api;
  readonly cloud: Cloud;
  readonly calls: Calls;
  /**
   * Goes on with what a killed daemon was doing. Call once, when the machines have been taken over.
   */
  resume(): Promise<void>;
}

/** A machine that went off or on by itself: its droplet says so. */
const followPower = (store: Store, hypervisor: Hypervisor): void =>
  hypervisor.onPowerChange((dropletId, power) => {
    const droplet = store.droplets.get(dropletId);
    if (!droplet || droplet.status === "new") return;
    store.droplets.update(droplet, { status: power === "on" ? "active" : "off" });
  });

const createCloud = (deps: ApiDeps): Cloud => {
  const { store, hypervisor, queue, clock, pace, access, send, post, log } = deps;
  followPower(store, hypervisor);
  const jobs = createJobs({
    queue,
    save: () => store.save(),
    failed: (key, error) => log(`${key}: ${error.stack ?? error.message}`),
  });
  const write = createCustomerMail({ send, clock, jobs, log });
  return {
    store,
    hypervisor,
    clock,
    pace,
    log,
    jobs,
    write,
    notify: createNotifications({ write, post, jobs, log }),
    network: createNetwork(store.state, hypervisor),
    faults: createFaults({ store, hypervisor, queue, clock }),
    metrics: createMetrics({ store, hypervisor, clock, log }),
    tokens: createTokens({ store, clock, ...access }),
    resources,
  };
};

/** API v2 over the given records and machines. */
export const createApi = (deps: ApiDeps): CreatedApi => {
  const cloud = createCloud(deps);
  const calls = createCalls();
  // A trailing slash is the same path, as godo's `/v2/monitoring/alerts/` has one.
  const app: Api = new Hono<ApiEnv>({ strict: false });
  answerErrors(app, cloud);
  app.use(
    "/v2/*",
    identify(cloud, calls),
    authenticate(cloud),
    limitRate(cloud),
    authorize(cloud),
    misbehave(cloud),
    persist(cloud),
  );
  for (const { routes } of resources) app.route("/v2", routes(cloud));
  app.all("/v2/*", (c) => {
    throw notEmulated(`${c.req.method} ${c.req.path}`);
  });
  return {
    app,
    cloud,
    calls,
    resume: async () => {
      for (const problem of await cloud.faults.restore()) cloud.log(problem);
      for (const { resume } of resources) resume?.(cloud);
    },
  };
};
