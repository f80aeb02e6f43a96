import { randomUUID } from "node:crypto";

import type { Answer, Vpc } from "@second-server/digitalocean-api/types";
import { Hono, type Context } from "hono";
import { z } from "zod";

import { addresses } from "../../network/addresses";
import type { CloudState } from "../../records";
import type { VpcRecord } from "../../records/network";
import { overlap, parseRange, rangeOf } from "../addresses";
import { regionSlugs } from "../catalog";
import { timestamp, type Api, type ApiEnv, type Cloud, type Resource } from "../cloud";
import { conflict, forbidden, found, unprocessable } from "../errors";
import { page } from "../paging";
import { body, pathParameter } from "../request";

export const vpcName = z
  .string()
  .regex(/^[a-zA-Z0-9.-]+$/, "may only contain letters, digits, dots and dashes")
  .max(255);
const description = z.string().max(255);
const newVpc = z.object({
  name: vpcName,
  description: description.optional(),
  region: z.string(),
  ip_range: z.string().optional(),
});
const change = z.object({
  name: vpcName.optional(),
  description: description.optional(),
  default: z.boolean().optional(),
});

const view = (vpc: VpcRecord): Answer<Vpc> => ({
  id: vpc.id,
  urn: `do:vpc:${vpc.id}`,
  name: vpc.name,
  description: vpc.description,
  region: vpc.region,
  ip_range: vpc.ip_range,
  default: vpc.default,
  created_at: vpc.created_at,
});

const reservedRanges = ["10.17.0.0/16", "10.244.0.0/16", "10.245.0.0/16", "10.246.0.0/24"];
const taken = (state: CloudState, cidr: string): boolean =>
  [...reservedRanges, ...state.vpcs.map((vpc) => vpc.ip_range)].some((other) =>
    overlap(rangeOf(other), rangeOf(cidr)),
  );

const freeRange = (state: CloudState): string => {
  for (let second = 114; second < 255; second += 2)
    if (!taken(state, `10.${second}.0.0/20`)) return `10.${second}.0.0/20`;
  throw unprocessable("no private range is left");
};

const addVpc = (
  cloud: Cloud,
  asked: Pick<VpcRecord, "name" | "region"> & Partial<VpcRecord>,
): VpcRecord =>
  cloud.store.vpcs.insert({
    id: randomUUID(),
    description: "",
    ip_range: freeRange(cloud.store.state),
    default: false,
    created_at: timestamp(cloud),
    ...asked,
  });

/** Each region has a default VPC: it is made when the first droplet comes, or somebody looks. */
export const defaultVpc = (cloud: Cloud, region: string): VpcRecord =>
  cloud.store.vpcs.find((vpc) => vpc.region === region && vpc.default) ??
  addVpc(cloud, { name: `default-${region}`, region, default: true });

export const askedVpc = ({ store }: Cloud, c: Context<ApiEnv>): VpcRecord =>
  found(store.vpcs.get(pathParameter(c, "id")));

const nameIsFree = (state: CloudState, name: string, but?: VpcRecord): void => {
  if (state.vpcs.some((vpc) => vpc !== but && vpc.name === name))
    throw conflict("a VPC with the same name already exists in your account");
};

const checkRange = (state: CloudState, cidr: string): void => {
  const range = parseRange(cidr);
  if (!range)
    throw unprocessable("ip_range: must be a network in CIDR notation, e.g. 10.10.10.0/24");
  if (range.bits < 16 || range.bits > 28)
    throw unprocessable("ip_range: the network's size must be between /16 and /28");
  if (!addresses.privateRanges.some((net) => overlap(rangeOf(net), range)))
    throw unprocessable("ip_range: must be a private (RFC 1918) network");
  if (taken(state, cidr))
    throw unprocessable("This range/size overlaps with another VPC network in your account");
};

const changeVpc = ({ store }: Cloud, vpc: VpcRecord, wanted: z.infer<typeof change>): VpcRecord => {
  if (wanted.name !== undefined) nameIsFree(store.state, wanted.name, vpc);
  if (wanted.default)
    for (const other of store.vpcs.filter((one) => one.region === vpc.region))
      store.vpcs.update(other, { default: other === vpc });
  return store.vpcs.update(vpc, {
    name: wanted.name ?? vpc.name,
    description: wanted.description ?? vpc.description,
  });
};

const removeVpc = ({ store }: Cloud, vpc: VpcRecord): void => {
  if (vpc.default) throw forbidden("Can not delete default VPC");
  if (store.droplets.some((droplet) => droplet.vpc_uuid === vpc.id))
    throw forbidden("Can not delete VPC with members");
  if (store.vpcPeerings.some((peering) => peering.vpc_ids.includes(vpc.id)))
    throw forbidden("Can not delete VPC with peerings");
  store.vpcs.remove((one) => one === vpc);
};

const memberRoutes = (cloud: Cloud, api: Api): void => {
  api.get("/vpcs/:id/members", (c) => {
    const vpc = askedVpc(cloud, c);
    const kind = c.req.query("resource_type");
    const members = cloud.store.droplets
      .filter((droplet) => droplet.vpc_uuid === vpc.id && (!kind || kind === "droplet"))
      .map(({ id, name, created_at }) => ({ urn: `do:droplet:${id}`, name, created_at }));
    return c.json(page(c, "members", members));
  });
};

const routes = (cloud: Cloud): Api => {
  const api: Api = new Hono();
  const { store } = cloud;
  api.get("/vpcs", (c) => {
    for (const region of regionSlugs) defaultVpc(cloud, region);
    return c.json(page(c, "vpcs", store.vpcs.all().map(view)));
  });
  api.post("/vpcs", async (c) => {
    const wanted = await body(c, newVpc);
    if (!regionSlugs.includes(wanted.region)) throw unprocessable("region: is not a region");
    nameIsFree(store.state, wanted.name);
    if (wanted.ip_range) checkRange(store.state, wanted.ip_range);
    const vpc = addVpc(cloud, {
      name: wanted.name,
      region: wanted.region,
      description: wanted.description ?? "",
      ...(wanted.ip_range ? { ip_range: wanted.ip_range } : {}),
    });
    return c.json({ vpc: view(vpc) }, 201);
  });
  api.get("/vpcs/:id", (c) => c.json({ vpc: view(askedVpc(cloud, c)) }));
  api.on(["PUT", "PATCH"], "/vpcs/:id", async (c) => {
    const wanted = await body(c, change);
    return c.json({ vpc: view(changeVpc(cloud, askedVpc(cloud, c), wanted)) });
  });
  api.delete("/vpcs/:id", (c) => {
    removeVpc(cloud, askedVpc(cloud, c));
    return c.body(null, 204);
  });
  memberRoutes(cloud, api);
  return api;
};

export const vpcs: Resource = { routes };
