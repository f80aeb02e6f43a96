import type { Answer, Domain } from "@second-server/digitalocean-api/types";
import { Hono, type Context } from "hono";
import { z } from "zod";

import type { Store } from "../../record-store";
import type { CloudState } from "../../records";
import type { DomainRecord } from "../../records/network";
import type { Api, ApiEnv, Cloud, Resource } from "../cloud";
import { found, unprocessable } from "../errors";
import { page } from "../paging";
import { assignToProject } from "../projects/membership";
import { body, pathParameter } from "../request";
import { recordRoutes } from "./record-routes";
import { zoneFile } from "./zone-file";

const nameservers = ["ns1.digitalocean.com", "ns2.digitalocean.com", "ns3.digitalocean.com"];
const domainName = z
  .string()
  .max(253)
  .regex(/^(?!-)([a-z0-9_-]{1,63}\.)+[a-z0-9-]{2,63}$/i, "is not a domain name");
const newDomain = z.object({
  name: domainName,
  ip_address: z.ipv4("is not an IPv4 address").or(z.literal("")).nullish(),
});

const view = (state: CloudState, domain: DomainRecord): Answer<Domain, "ip_address"> => ({
  name: domain.name,
  ttl: domain.ttl,
  zone_file: zoneFile(state, domain),
});

const asked = ({ store }: Cloud, c: Context<ApiEnv>): DomainRecord =>
  found(store.domains.get(pathParameter(c, "domain").toLowerCase()));

/** With the records that every domain begins with. */
const addDomain = (
  store: Store,
  name: string,
  address: string | null | undefined,
): DomainRecord => {
  const records = [
    { type: "SOA", data: "1800" },
    ...nameservers.map((data) => ({ type: "NS", data })),
    ...(address ? [{ type: "A", data: address }] : []),
  ];
  for (const { type, data } of records)
    store.dnsRecords.insert({
      id: store.nextId(),
      domain: name,
      type,
      name: "@",
      data,
      ttl: 1800,
      priority: null,
      port: null,
      weight: null,
      flags: null,
      tag: null,
    });
  store.set({ serial: store.state.serial + 1 });
  return store.domains.insert({ name, ttl: 1800 });
};

const routes = (cloud: Cloud): Api => {
  const api: Api = new Hono();
  const { store } = cloud;
  api.get("/domains", (c) => {
    const views = store.domains.all().map((one) => view(store.state, one));
    return c.json(page(c, "domains", views));
  });
  api.post("/domains", async (c) => {
    const wanted = await body(c, newDomain);
    const name = wanted.name.toLowerCase();
    if (store.domains.get(name)) throw unprocessable(`The domain '${name}' already exists.`);
    const { ttl } = addDomain(store, name, wanted.ip_address);
    assignToProject(cloud, `do:domain:${name}`);
    return c.json({ domain: { name, ttl, zone_file: null } }, 201);
  });
  api.get("/domains/:domain", (c) => c.json({ domain: view(store.state, asked(cloud, c)) }));
  api.delete("/domains/:domain", (c) => {
    const domain = asked(cloud, c);
    store.domains.remove((one) => one === domain);
    store.dnsRecords.remove((one) => one.domain === domain.name);
    return c.body(null, 204);
  });
  recordRoutes(cloud, api, (c) => asked(cloud, c));
  return api;
};

export const domains: Resource = {
  routes,
  projectMember: {
    kind: "domain",
    path: "domains",
    exists: (store, name) => store.domains.get(name) !== undefined,
  },
};
