import { randomUUID } from "node:crypto";

import { Hono, type Context } from "hono";

import type { FirewallRecord } from "../../records/network";
import { timestamp, type Api, type ApiEnv, type Cloud, type Resource } from "../cloud";
import { conflict, found } from "../errors";
import { page } from "../paging";
import { body, pathParameter } from "../request";
import { contentOf, enforce } from "./content";
import { firewallPartRoutes } from "./part-routes";
import { wantedFirewall } from "./rules";
import { firewallView } from "./view";

const asked = ({ store }: Cloud, c: Context<ApiEnv>): FirewallRecord =>
  found(store.firewalls.get(pathParameter(c, "id")));

const nameIsFree = ({ store }: Cloud, wanted: string, but?: FirewallRecord): void => {
  if (store.firewalls.some((one) => one !== but && one.name === wanted))
    throw conflict("duplicate name");
};

const routes = (cloud: Cloud): Api => {
  const api: Api = new Hono();
  const { firewalls: all } = cloud.store;
  api.get("/firewalls", (c) => c.json(page(c, "firewalls", all.all().map(firewallView))));
  api.post("/firewalls", async (c) => {
    const wanted = await body(c, wantedFirewall);
    nameIsFree(cloud, wanted.name);
    const firewall = all.insert({
      id: randomUUID(),
      name: wanted.name,
      status: "waiting",
      created_at: timestamp(cloud),
      pending_changes: [],
      ...contentOf(cloud, wanted),
    });
    await enforce(cloud, firewall);
    return c.json({ firewall: firewallView(firewall) }, 202);
  });
  api.get("/firewalls/:id", (c) => c.json({ firewall: firewallView(asked(cloud, c)) }));
  api.put("/firewalls/:id", async (c) => {
    const wanted = await body(c, wantedFirewall);
    const firewall = asked(cloud, c);
    nameIsFree(cloud, wanted.name, firewall);
    all.update(firewall, { name: wanted.name, ...contentOf(cloud, wanted) });
    await enforce(cloud, firewall);
    return c.json({ firewall: firewallView(firewall) });
  });
  api.delete("/firewalls/:id", async (c) => {
    const firewall = asked(cloud, c);
    all.remove((one) => one === firewall);
    await cloud.network.apply();
    return c.body(null, 204);
  });
  firewallPartRoutes(cloud, api, (c) => asked(cloud, c));
  return api;
};

export const firewalls: Resource = {
  routes,
  forgetTag: ({ firewalls: all }, tag) => {
    for (const firewall of all.filter((one) => one.tags.includes(tag)))
      all.update(firewall, { tags: firewall.tags.filter((one) => one !== tag) });
  },
  forgetDroplet: ({ firewalls: all }, { id }) => {
    for (const firewall of all.filter((one) => one.droplet_ids.includes(id)))
      all.update(firewall, { droplet_ids: firewall.droplet_ids.filter((one) => one !== id) });
  },
};
