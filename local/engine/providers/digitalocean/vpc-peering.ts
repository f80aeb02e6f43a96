import type { VpcPeering } from "@second-server/digitalocean-api/types";
import { z } from "zod";

import { type Body, entity, type Fields, maybeText, maybeTexts } from "./answers";
import type { Client } from "./client";
import { goTime, optionalText, toText, toTexts } from "./convert";
import type { Operations, ResourceKind, Schema } from "./kind";
import { until } from "./wait";

const LIMIT = 120;
const peering = entity(
  "vpc_peering",
  "vpc_peerings",
  z.object({
    id: z.string(),
    name: z.string(),
    vpc_ids: maybeTexts,
    status: maybeText,
    created_at: z.string(),
  } satisfies Fields<VpcPeering>),
);

const schema: Schema = {
  label: "VPC Peering",
  required: ["vpcIds"],
  autoName: 255,
  sets: ["vpcIds"],
  replaces: ["vpcIds"],
  outputs: ["createdAt", "status"],
  meta: '{"e2bfb730-ecaa-11e6-8f88-34363bc7c4c0":{"create":120000000000,"delete":120000000000}}',
};

const operations = (client: Client): Operations => ({
  create: async ({ name, vpcIds }, work, made) => {
    const body = { name: optionalText(name), vpc_ids: toTexts(vpcIds) };
    const { id } = await client.create("/vpc_peerings", body, peering, work);
    made(id);
    const what = `VPC Peering (${toText(name)}) to become active`;
    await until(client, what, LIMIT, work, async () => {
      const now = await client.find(`/vpc_peerings/${id}`, peering, work);
      return now?.status === "ACTIVE" ? true : undefined;
    });
    return id;
  },
  view: async (id, _before, work) => {
    const found = await client.find(`/vpc_peerings/${id}`, peering, work);
    return (
      found && {
        name: found.name,
        vpcIds: found.vpc_ids ?? [],
        status: found.status,
        createdAt: goTime(found.created_at),
      }
    );
  },
  update: async (id, _old, { name }, work) => {
    const body: Body<"patch /vpcs/{vpc_id}/peerings/{vpc_peering_id}"> = {
      name: optionalText(name),
    };
    await client.patch(`/vpc_peerings/${id}`, body, work);
  },
  find: async ({ name }, work) => {
    const all = await client.list("/vpc_peerings", peering, work);
    return all.find((each) => each.name === name)?.id;
  },
  delete: async (id, _state, work) => {
    await client.delete(`/vpc_peerings/${id}`, work);
    await until(client, `VPC Peering ${id} to be gone`, LIMIT, work, async () =>
      (await client.find(`/vpc_peerings/${id}`, peering, work)) ? undefined : true,
    );
  },
});

export const vpcPeering: ResourceKind = { schema, operations };
