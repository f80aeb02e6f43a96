import type { Work } from "../provider";
import type { Client } from "./client";
import { toNumber, toText, uniqueSuffix } from "./convert";
import type { ImportedId, Operations, ResourceKind, Schema } from "./kind";
import { assignReservedIpv6, reservedIpv6Entity } from "./reserved-ipv6";

const schema: Schema = {
  label: "reserved IPv6 assignment",
  required: ["dropletId", "ip"],
  replaces: ["dropletId", "ip"],
  parseId: (id): ImportedId => {
    const [ip = "", dropletId] = id.split(",");
    return dropletId === undefined
      ? { id, known: {} }
      : { id: `${dropletId}-${ip}`, known: { ip, dropletId: Number(dropletId) } };
  },
};

const operations = (client: Client): Operations => {
  const isHeld = async (address: string, droplet: number, work: Work): Promise<boolean> => {
    const found = await client.find(`/reserved_ipv6/${address}`, reservedIpv6Entity, work);
    return found?.droplet?.id === droplet;
  };
  return {
    create: async (inputs, work) => {
      const [address, droplet] = [toText(inputs["ip"]), toNumber(inputs["dropletId"])];
      await assignReservedIpv6(client, address, droplet, work);
      return `${droplet}-${address}-${uniqueSuffix()}`;
    },
    view: async (_id, before, work) => {
      const [ip, dropletId] = [toText(before["ip"]), toNumber(before["dropletId"])];
      return (await isHeld(ip, dropletId, work)) ? { ip, dropletId } : undefined;
    },
    find: async (inputs, work) => {
      const [ip, dropletId] = [toText(inputs["ip"]), toNumber(inputs["dropletId"])];
      const suffix = (await isHeld(ip, dropletId, work)) ? uniqueSuffix() : undefined;
      return suffix && `${dropletId}-${ip}-${suffix}`;
    },
    delete: async (_id, state, work) => {
      const ip = toText(state["ip"]);
      if (await isHeld(ip, toNumber(state["dropletId"]), work))
        await assignReservedIpv6(client, ip, undefined, work);
    },
  };
};

export const reservedIpv6Assignment: ResourceKind = { schema, operations };
