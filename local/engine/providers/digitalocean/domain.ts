import type { Domain } from "@second-server/digitalocean-api/types";
import { z } from "zod";

import { type Body, entity, type Fields, maybeNumber, maybeText } from "./answers";
import type { Client } from "./client";
import { optionalText, toText } from "./convert";
import type { Operations, ResourceKind, Schema } from "./kind";

export const domainEntity = entity(
  "domain",
  "domains",
  z.object({ name: z.string(), ttl: maybeNumber, zone_file: maybeText } satisfies Fields<Domain>),
);

const schema: Schema = {
  label: "Domain",
  required: ["name"],
  zeros: { ipAddress: null },
  replaces: ["name", "ipAddress"],
  outputs: ["domainUrn", "ttl"],
};

const operations = (client: Client): Operations => ({
  create: async ({ name, ipAddress }, work) => {
    const body: Body<"post /domains"> = {
      name: optionalText(name),
      ...(ipAddress ? { ip_address: toText(ipAddress) } : {}),
    };
    return (await client.create("/domains", body, domainEntity, work)).name;
  },
  view: async (id, _before, work) => {
    const found = await client.find(`/domains/${id}`, domainEntity, work);
    return found && { name: found.name, domainUrn: `do:domain:${found.name}`, ttl: found.ttl };
  },
  find: async ({ name }, work) =>
    (await client.find(`/domains/${toText(name)}`, domainEntity, work)) && toText(name),
  delete: async (id, _state, work) => await client.delete(`/domains/${id}`, work),
});

export const domain: ResourceKind = { schema, operations };
