import type { ReservedIp } from "@second-server/digitalocean-api/types";
import { z } from "zod";

import type { Work } from "../provider";
import { type Body, entity, type Fields } from "./answers";
import type { Client } from "./client";
import { optionalText, type Told, toNumber } from "./convert";
import { createdSince } from "./created-since";
import type { Operations, ResourceKind, Schema } from "./kind";
import { runAction } from "./wait";

export const reservedIpEntity = entity(
  "reserved_ip",
  "reserved_ips",
  z.object({
    ip: z.string(),
    region: z.object({ slug: z.string() }),
    droplet: z.object({ id: z.number() }).nullish(),
  } satisfies Fields<ReservedIp>),
);

/** Assigns the address to a droplet, or takes it from the one that has it. */
export const assignReservedIp = async (
  client: Client,
  address: string,
  droplet: number | undefined,
  work: Work,
): Promise<void> => {
  const body: Body<"post /reserved_ips/{reserved_ip}/actions"> =
    droplet === undefined ? { type: "unassign" } : { type: "assign", droplet_id: droplet };
  await runAction(client, `/reserved_ips/${address}/actions`, body, work);
};

/** The provider has it under its old name as well, which shows in its URN. */
type Name = "reserved" | "floating";

const schemaOf = (name: Name): Schema => ({
  label: "reserved IP",
  required: ["region"],
  zeros: { dropletId: null },
  replaces: ["region"],
  computed: ["ipAddress"],
  outputs: [`${name}IpUrn`, "ipAddress"],
});

const operationsOf =
  (name: Name) =>
  (client: Client): Operations => ({
    create: async ({ region, dropletId }, work, made) => {
      const body: Body<"post /reserved_ips"> = { region: optionalText(region) };
      const { ip } = await client.create("/reserved_ips", body, reservedIpEntity, work);
      made(ip);
      if (dropletId !== undefined) await assignReservedIp(client, ip, toNumber(dropletId), work);
      return ip;
    },
    view: async (id, before, work) => {
      const found = await client.find(`/reserved_ips/${id}`, reservedIpEntity, work);
      if (!found) return undefined;
      // Who holds it is this resource's business only where the program says so: it may be an
      // assignment's.
      const isOwn = (before["dropletId"] ?? undefined) !== undefined;
      const holder: Told = isOwn ? { dropletId: found.droplet?.id ?? 0 } : {};
      return {
        ipAddress: found.ip,
        region: found.region.slug,
        [`${name}IpUrn`]: `do:${name}ip:${found.ip}`,
        ...holder,
      };
    },
    ...createdSince({
      client,
      path: () => "/reserved_ips",
      entity: reservedIpEntity,
      id: ({ ip }) => ip,
      // Nobody has taken it since.
      fits: ({ region, droplet }, { region: wanted, dropletId }) =>
        region.slug === wanted &&
        (!droplet || (dropletId !== undefined && droplet.id === toNumber(dropletId))),
    }),
    update: async (id, { dropletId: old }, { dropletId: now }, work) => {
      if (toNumber(old) === toNumber(now)) return;
      await assignReservedIp(client, id, now === undefined ? undefined : toNumber(now), work);
    },
    delete: async (id, _state, work) => {
      const found = await client.find(`/reserved_ips/${id}`, reservedIpEntity, work);
      if (found?.droplet) await assignReservedIp(client, id, undefined, work);
      await client.delete(`/reserved_ips/${id}`, work);
    },
  });

export const reservedIp: ResourceKind = {
  schema: schemaOf("reserved"),
  operations: operationsOf("reserved"),
};
export const floatingIp: ResourceKind = {
  schema: schemaOf("floating"),
  operations: operationsOf("floating"),
};
