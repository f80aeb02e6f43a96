import { randomUUID } from "node:crypto";

import { Hono, type Context } from "hono";
import { z } from "zod";

import { addresses } from "../network/addresses";
import type { CloudState, VpcRecord } from "../records";
import { overlap, parseRange } from "./addresses";
import { regionSlugs } from "./catalog";
import { timestamp, type Api, type ApiEnv, type Cloud } from "./cloud";
import { conflict, forbidden, notFound, unprocessable } from "./errors";
import { page } from "./paging";
import { body, pathParameter } from "./request";

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

const view = (vpc: VpcRecord): Record<string, unknown> => ({
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
    overlap(parseRange(other)!, parseRange(cidr)!),
  );

const freeRange = (state: CloudState): string => {
  for (let second = 114; second < 255; second += 2)
    if (!taken(state, `10.${second}.0.0/20`)) return `10.${second}.0.0/20`;
  throw unprocessable("no private range is left");
};

const addVpc = (
  cloud: Cloud,
  asked: Pick<VpcRecord, "name" | "region"> & Partial<VpcRecord>,
): VpcRecord => {
  const vpc: VpcRecord = {
    id: randomUUID(),
    description: "",
    ip_range: freeRange(cloud.state),
    default: false,
    created_at: timestamp(cloud),
    ...asked,
  };
  cloud.state.vpcs.push(vpc);
  return vpc;
};

/** Each region has a default VPC from its first droplet on. */
export const defaultVpc = (cloud: Cloud, region: string): VpcRecord =>
  cloud.state.vpcs.find((vpc) => vpc.region === region && vpc.default) ??
  addVpc(cloud, { name: `default-${region}`, region, default: true });

export const askedVpc = (cloud: Cloud, c: Context<ApiEnv>): VpcRecord => {
  const vpc = cloud.state.vpcs.find((one) => one.id === pathParameter(c, "id"));
  if (!vpc) throw notFound();
  return vpc;
};

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
  if (!addresses.privateRanges.some((net) => overlap(parseRange(net)!, range)))
    throw unprocessable("ip_range: must be a private (RFC 1918) network");
  if (taken(state, cidr))
    throw unprocessable("This range/size overlaps with another VPC network in your account");
};

export const vpcRoutes = (cloud: Cloud): Api => {
  const api: Api = new Hono();
  const { state } = cloud;
  api.get("/vpcs", (c) => c.json(page(c, "vpcs", state.vpcs.map(view))));
  api.post("/vpcs", async (c) => {
    const wanted = await body(c, newVpc);
    if (!regionSlugs.includes(wanted.region)) throw unprocessable("region: is not a region");
    nameIsFree(state, wanted.name);
    if (wanted.ip_range) checkRange(state, wanted.ip_range);
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
    const vpc = askedVpc(cloud, c);
    if (wanted.name !== undefined) nameIsFree(state, wanted.name, vpc);
    if (wanted.default)
      for (const other of state.vpcs)
        if (other.region === vpc.region) other.default = other === vpc;
    vpc.name = wanted.name ?? vpc.name;
    vpc.description = wanted.description ?? vpc.description;
    return c.json({ vpc: view(vpc) });
  });
  api.delete("/vpcs/:id", (c) => {
    const vpc = askedVpc(cloud, c);
    if (vpc.default) throw forbidden("Can not delete default VPC");
    if (state.droplets.some((droplet) => droplet.vpc_uuid === vpc.id))
      throw forbidden("Can not delete VPC with members");
    if (state.vpcPeerings.some((peering) => peering.vpc_ids.includes(vpc.id)))
      throw forbidden("Can not delete VPC with peerings");
    state.vpcs = state.vpcs.filter((one) => one !== vpc);
    return c.body(null, 204);
  });
  api.get("/vpcs/:id/members", (c) => {
    const vpc = askedVpc(cloud, c);
    const kind = c.req.query("resource_type");
    const members = state.droplets.filter(
      (droplet) => droplet.vpc_uuid === vpc.id && (!kind || kind === "droplet"),
    );
    return c.json(
      page(
        c,
        "members",
        members.map((droplet) => ({
          urn: `do:droplet:${droplet.id}`,
          name: droplet.name,
          created_at: droplet.created_at,
        })),
      ),
    );
  });
  return api;
};
