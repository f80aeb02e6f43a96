import { Hono, type Context } from "hono";
import { z } from "zod";

import { dropletsOf } from "../faults/active";
import { faultRequest } from "../faults/registry";
import type { Inbox } from "../mail/inbox";
import type { DropletRecord } from "../records/machines";
import { MOST_RESERVED } from "./addresses";
import type { Calls } from "./calls";
import type { Api, ApiEnv, Cloud } from "./cloud";
import { ApiError, found, notFound, unprocessable } from "./errors";
import { body, numericId, pathParameter } from "./request";
import { tokenRoutes } from "./tokens/routes";

export interface LocalDeps {
  readonly cloud: Cloud;
  readonly calls: Calls;
  readonly inbox: Inbox;
  /** What `GET /local/status` says besides the counts. */
  readonly status: () => Record<string, unknown>;
  readonly shutdown: () => void;
}

const execRequest = z.object({ argv: z.array(z.string()).min(1).max(100) });

const machineRoutes = (api: Api, { cloud }: LocalDeps): void => {
  const asked = (c: Context<ApiEnv>): DropletRecord =>
    found(cloud.store.droplets.get(numericId(c, "id")));
  api.get("/droplets/:id/console", async (c) => {
    const lines = Number(c.req.query("lines") ?? 200);
    return c.text(
      await cloud.hypervisor.consoleTail(
        asked(c).id,
        Number.isInteger(lines) && lines > 0 ? Math.min(lines, 10_000) : 200,
      ),
    );
  });
  api.post("/droplets/:id/exec", async (c) => {
    const { argv } = await body(c, execRequest);
    return c.json(await cloud.hypervisor.exec(asked(c).id, argv));
  });
};

const limits = z.strictObject({ reserved_ip_limit: z.number().int().min(0).max(MOST_RESERVED) });
/**
 * What an account may have is a matter between DigitalOcean and its customer: a lab's owner sets
 * it.
 */
const limitRoutes = (api: Api, { cloud: { store } }: LocalDeps): void => {
  api.put("/limits", async (c) => {
    const { reserved_ip_limit } = await body(c, limits);
    store.set({ limits: { reserved_ip_limit, floating_ip_limit: reserved_ip_limit } });
    return c.json({ limits: store.state.limits });
  });
};

const faultRoutes = (api: Api, { cloud }: LocalDeps): void => {
  api.get("/faults", (c) => c.json({ faults: cloud.faults.list() }));
  api.post("/faults", async (c) => {
    const wanted = await body(c, faultRequest);
    for (const id of dropletsOf(wanted))
      if (!cloud.store.droplets.get(id)) throw unprocessable(`there is no droplet ${id}`);
    return c.json(await cloud.faults.inject(wanted), 201);
  });
  api.delete("/faults", async (c) => {
    await cloud.faults.clearAll();
    return c.body(null, 204);
  });
  api.delete("/faults/:id", async (c) => {
    if (!(await cloud.faults.clear(pathParameter(c, "id")))) throw notFound();
    return c.body(null, 204);
  });
};

/** What only the lab has: never reachable from a machine, only on the unix socket. */
export const localRoutes = (deps: LocalDeps): Api => {
  const api: Api = new Hono();
  api.onError((error, c) => {
    const known = error instanceof ApiError ? error : undefined;
    return c.json({ id: known?.id ?? "failed", message: error.message }, known?.status ?? 500);
  });
  api.use(async (c, next) => {
    await next();
    if (c.req.method !== "GET") await deps.cloud.store.save();
  });
  api.get("/status", (c) =>
    c.json({
      droplets: deps.cloud.store.droplets.all().length,
      pace: deps.cloud.pace,
      ...deps.status(),
    }),
  );
  api.get("/inbox", async (c) => c.json({ mails: await deps.inbox.list() }));
  api.delete("/inbox", async (c) => {
    await deps.inbox.clear();
    return c.body(null, 204);
  });
  api.get("/calls", (c) => c.json({ calls: deps.calls.newest() }));
  limitRoutes(api, deps);
  tokenRoutes(api, deps.cloud);
  faultRoutes(api, deps);
  machineRoutes(api, deps);
  api.post("/shutdown", (c) => {
    // Whoever asked gets an answer before there is nobody left to give it.
    const { outgoing } = (c.env ?? {}) as {
      outgoing?: { once(event: "close", listener: () => void): void };
    };
    if (outgoing) outgoing.once("close", deps.shutdown);
    else deps.shutdown();
    return c.json({ stopping: true }, 202);
  });
  return api;
};
