import type { Vpc } from "@second-server/digitalocean-api/types";
import { z } from "zod";

import { type Body, entity, type Fields, maybeFlag, maybeText } from "./answers";
import type { Client } from "./client";
import { goTime, optionalFlag, optionalText, toText } from "./convert";
import type { Operations, ResourceKind, Schema } from "./kind";

export const vpcEntity = entity(
  "vpc",
  "vpcs",
  z.object({
    id: z.string(),
    name: z.string(),
    region: z.string(),
    description: maybeText,
    ip_range: maybeText,
    urn: maybeText,
    default: maybeFlag,
    created_at: z.string(),
  } satisfies Fields<Vpc>),
);

const schema: Schema = {
  label: "VPC",
  required: ["region"],
  autoName: 255,
  replaces: ["region", "ipRange"],
  computed: ["ipRange"],
  meta: '{"e2bfb730-ecaa-11e6-8f88-34363bc7c4c0":{"delete":120000000000}}',
  outputs: ["createdAt", "default", "vpcUrn", "ipRange"],
};

const operations = (client: Client): Operations => ({
  create: async ({ name, region, description, ipRange }, work) => {
    const body: Body<"post /vpcs"> = {
      name: optionalText(name),
      region: optionalText(region),
      ...(description ? { description: toText(description) } : {}),
      ...(ipRange ? { ip_range: toText(ipRange) } : {}),
    };
    return (await client.create("/vpcs", body, vpcEntity, work)).id;
  },
  view: async (id, _before, work) => {
    const found = await client.find(`/vpcs/${id}`, vpcEntity, work);
    return (
      found && {
        name: found.name,
        region: found.region,
        description: found.description ?? "",
        ipRange: found.ip_range,
        vpcUrn: found.urn ?? `do:vpc:${id}`,
        default: found.default,
        createdAt: goTime(found.created_at),
      }
    );
  },
  update: async (id, old, { name, description }, work) => {
    const body: Body<"put /vpcs/{vpc_id}"> = {
      name: optionalText(name),
      description: toText(description),
      default: optionalFlag(old["default"]) ?? false,
    };
    await client.put(`/vpcs/${id}`, body, work);
  },
  find: async ({ name, region }, work) => {
    const all = await client.list("/vpcs", vpcEntity, work);
    return all.find((each) => each.name === name && each.region === region)?.id;
  },
  delete: async (id, _state, work) => await client.delete(`/vpcs/${id}`, work),
});

export const vpc: ResourceKind = { schema, operations };
