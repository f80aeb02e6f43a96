import type { Client, Json } from "./client";
import { goTime, type Spec, str } from "./resource";

export const vpc = (client: Client): Spec => ({
  label: "VPC",
  required: ["region"],
  autoName: 255,
  replaces: ["region", "ipRange"],
  computed: ["ipRange"],
  meta: '{"e2bfb730-ecaa-11e6-8f88-34363bc7c4c0":{"delete":120000000000}}',
  outputs: ["createdAt", "default", "vpcUrn", "ipRange"],
  create: async (inputs, work) =>
    str(
      (
        (
          await client.post(
            "/vpcs",
            {
              name: inputs["name"],
              region: inputs["region"],
              ...(inputs["description"] ? { description: inputs["description"] } : {}),
              ...(inputs["ipRange"] ? { ip_range: inputs["ipRange"] } : {}),
            },
            work,
          )
        )["vpc"] as Json
      )["id"] as string,
    ),
  view: async (id, _before, work) => {
    const found = (await client.find(`/vpcs/${id}`, work))?.["vpc"] as Json | undefined;
    return found
      ? {
          name: found["name"],
          region: found["region"],
          description: found["description"] ?? "",
          ipRange: found["ip_range"],
          vpcUrn: found["urn"] ?? `do:vpc:${id}`,
          default: found["default"],
          createdAt: goTime(found["created_at"] as string),
        }
      : null;
  },
  update: async (id, old, now, work) => {
    await client.put(
      `/vpcs/${id}`,
      {
        name: now["name"],
        description: now["description"] ?? "",
        default: old["default"] ?? false,
      },
      work,
    );
  },
  find: async (inputs, _since, work) => {
    const found = (await client.list("/vpcs", "vpcs", work)).find(
      (each) => each["name"] === inputs["name"] && each["region"] === inputs["region"],
    );
    return found && str(found["id"] as string);
  },
  delete: async (id, _state, work) => await client.delete(`/vpcs/${id}`, work),
});
