import { randomUUID } from "node:crypto";

import type { AlertPolicy, Answer } from "@second-server/digitalocean-api/types";
import { Hono, type Context } from "hono";
import { z } from "zod";

import type { AlertPolicyRecord } from "../../records/monitoring";
import type { Api, ApiEnv, Cloud, Resource } from "../cloud";
import { found } from "../errors";
import { page } from "../paging";
import { body, pathParameter } from "../request";

const droplet = [
  "load_1",
  "load_5",
  "load_15",
  "memory_utilization_percent",
  "disk_utilization_percent",
  "cpu",
  "disk_read",
  "disk_write",
  "public_outbound_bandwidth",
  "public_inbound_bandwidth",
  "private_outbound_bandwidth",
  "private_inbound_bandwidth",
] as const;
const policy = z.object({
  type: z.templateLiteral(["v1/insights/droplet/", z.enum(droplet)], "is not a metric of droplets"),
  description: z.string().max(1_000),
  compare: z.enum(["GreaterThan", "LessThan"]),
  value: z.number().min(0),
  window: z.enum(["5m", "10m", "30m", "1h"]),
  enabled: z.boolean().nullish(),
  entities: z.array(z.string()).nullish(),
  tags: z.array(z.string()).nullish(),
  alerts: z.object({
    email: z.array(z.string()).nullish(),
    slack: z.array(z.object({ channel: z.string(), url: z.string() })).nullish(),
  }),
});

const toRecord = (uuid: string, wanted: z.infer<typeof policy>): AlertPolicyRecord => ({
  uuid,
  type: wanted.type,
  description: wanted.description,
  compare: wanted.compare,
  value: wanted.value,
  window: wanted.window,
  enabled: wanted.enabled ?? true,
  entities: wanted.entities ?? [],
  tags: wanted.tags ?? [],
  alerts: { email: wanted.alerts.email ?? [], slack: wanted.alerts.slack ?? [] },
});

const view = ({ firing: _, ...shown }: AlertPolicyRecord): Answer<AlertPolicy> => shown;
const asked = ({ store }: Cloud, c: Context<ApiEnv>): AlertPolicyRecord =>
  found(store.alertPolicies.get(pathParameter(c, "uuid")));

const routes = (cloud: Cloud): Api => {
  const api: Api = new Hono();
  const { alertPolicies: policies } = cloud.store;
  api.get("/monitoring/alerts", (c) => c.json(page(c, "policies", policies.all().map(view))));
  api.post("/monitoring/alerts", async (c) => {
    const made = policies.insert(toRecord(randomUUID(), await body(c, policy)));
    return c.json({ policy: view(made) });
  });
  api.get("/monitoring/alerts/:uuid", (c) => c.json({ policy: view(asked(cloud, c)) }));
  api.put("/monitoring/alerts/:uuid", async (c) => {
    const wanted = await body(c, policy);
    const changed = asked(cloud, c);
    // Another rule begins anew.
    policies.update(changed, { ...toRecord(changed.uuid, wanted), firing: undefined });
    return c.json({ policy: view(changed) });
  });
  api.delete("/monitoring/alerts/:uuid", (c) => {
    const gone = asked(cloud, c);
    policies.remove((one) => one === gone);
    return c.body(null, 204);
  });
  return api;
};

/** Held against the machines' figures by policies.ts. */
export const alertPolicies: Resource = { routes };
