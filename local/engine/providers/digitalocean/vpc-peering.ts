import type { Work } from "../provider";
import type { Client, Json } from "./client";
import { goTime, list, type Spec, str } from "./resource";
import { until } from "./wait";

const LIMIT = 120;
const find = async (client: Client, id: string, work: Work): Promise<Json | null> =>
  ((await client.find(`/vpc_peerings/${id}`, work))?.["vpc_peering"] as Json | undefined) ?? null;

export const vpcPeering = (client: Client): Spec => ({
  label: "VPC Peering",
  required: ["vpcIds"],
  autoName: 255,
  sets: ["vpcIds"],
  replaces: ["vpcIds"],
  outputs: ["createdAt", "status"],
  meta: '{"e2bfb730-ecaa-11e6-8f88-34363bc7c4c0":{"create":120000000000,"delete":120000000000}}',
  create: async (inputs, work, made) => {
    const id = str(
      (
        (
          await client.post(
            "/vpc_peerings",
            { name: inputs["name"], vpc_ids: list(inputs["vpcIds"]) },
            work,
          )
        )["vpc_peering"] as Json
      )["id"] as string,
    );
    made(id);
    await until(
      client,
      `VPC Peering (${str(inputs["name"])}) to become active`,
      LIMIT,
      work,
      async () => ((await find(client, id, work))?.["status"] === "ACTIVE" ? true : undefined),
    );
    return id;
  },
  view: async (id, _before, work) => {
    const found = await find(client, id, work);
    return (
      found && {
        name: found["name"],
        vpcIds: list(found["vpc_ids"]),
        status: found["status"],
        createdAt: goTime(found["created_at"] as string),
      }
    );
  },
  update: async (id, _old, now, work) => {
    await client.patch(`/vpc_peerings/${id}`, { name: now["name"] }, work);
  },
  find: async (inputs, _since, work) => {
    const found = (await client.list("/vpc_peerings", "vpc_peerings", work)).find(
      (each) => each["name"] === inputs["name"],
    );
    return found && str(found["id"] as string);
  },
  delete: async (id, _state, work) => {
    await client.delete(`/vpc_peerings/${id}`, work);
    await until(client, `VPC Peering ${id} to be gone`, LIMIT, work, async () =>
      (await find(client, id, work)) === null ? true : undefined,
    );
  },
});
