import type { ReservedIpv6 } from "@second-server/digitalocean-api/types";
import { z } from "zod";

import type { Work } from "../provider";
import { type Body, entity, type Fields, maybeText } from "./answers";
import type { Client } from "./client";
import { optionalText } from "./convert";
import { createdSince } from "./created-since";
import type { Operations, ResourceKind, Schema } from "./kind";
import { runAction } from "./wait";

export const reservedIpv6Entity = entity(
  "reserved_ipv6",
  "reserved_ipv6s",
  z.object({
    ip: z.string(),
    region_slug: maybeText,
    droplet: z.object({ id: z.number() }).nullish(),
  } satisfies Fields<ReservedIpv6>),
);

/** Assigns the address to a droplet, or takes it from the one that has it. */
export const assignReservedIpv6 = async (
  client: Client,
  address: string,
  droplet: number | undefined,
  work: Work,
): Promise<void> => {
  const body: Body<"post /reserved_ipv6/{reserved_ipv6}/actions"> =
    droplet === undefined ? { type: "unassign" } : { type: "assign", droplet_id: droplet };
  await runAction(client, `/reserved_ipv6/${address}/actions`, body, work, "/actions");
};

const schema: Schema = {
  label: "reserved IPv6",
  required: ["regionSlug"],
  zeros: { dropletId: null },
  replaces: ["regionSlug"],
  computed: ["ip", "dropletId"],
  outputs: ["reservedIpv6Urn", "ip", "dropletId"],
};

/**
 * Unlike its older sister it leaves assigning to the assignment, even where the program names a
 * droplet.
 */
const operations = (client: Client): Operations => ({
  create: async ({ regionSlug }, work) => {
    const body: Body<"post /reserved_ipv6"> = { region_slug: optionalText(regionSlug) };
    return (await client.create("/reserved_ipv6", body, reservedIpv6Entity, work)).ip;
  },
  view: async (id, _before, work) => {
    const found = await client.find(`/reserved_ipv6/${id}`, reservedIpv6Entity, work);
    return (
      found && {
        ip: found.ip,
        regionSlug: found.region_slug,
        reservedIpv6Urn: `do:reservedipv6:${found.ip}`,
      }
    );
  },
  ...createdSince({
    client,
    path: () => "/reserved_ipv6",
    entity: reservedIpv6Entity,
    id: ({ ip }) => ip,
    fits: ({ region_slug, droplet }, { regionSlug }) => region_slug === regionSlug && !droplet,
  }),
  delete: async (id, _state, work) => {
    const found = await client.find(`/reserved_ipv6/${id}`, reservedIpv6Entity, work);
    if (found?.droplet) await assignReservedIpv6(client, id, undefined, work);
    await client.delete(`/reserved_ipv6/${id}`, work);
  },
});

export const reservedIpv6: ResourceKind = { schema, operations };
