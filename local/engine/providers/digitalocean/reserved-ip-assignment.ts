import type { Work } from "../provider";
import type { Client } from "./client";
import { toNumber, toText, uniqueSuffix } from "./convert";
import type { ImportedId, Operations, ResourceKind, Schema } from "./kind";
import { assignReservedIp, reservedIpEntity } from "./reserved-ip";
import { action, actionDone } from "./wait";

const schema: Schema = {
  label: "reserved IP assignment",
  required: ["dropletId", "ipAddress"],
  replaces: ["dropletId", "ipAddress"],
  parseId: (id): ImportedId => {
    const [ipAddress = "", dropletId] = id.split(",");
    return dropletId === undefined
      ? { id, known: {} }
      : {
          id: `${dropletId}-${ipAddress}`,
          known: { ipAddress, dropletId: Number(dropletId) },
        };
  },
};

/** A droplet that has only just been made may still be locked by its own creation. */
const dropletAtRest = async (client: Client, droplet: number, work: Work): Promise<void> => {
  const path = `/droplets/${droplet}/actions`;
  const actions = await client.list(path, action, work);
  for (const running of actions.filter(({ status }) => status === "in-progress"))
    await actionDone(client, path, running, work);
};

const operations = (client: Client): Operations => {
  const holderOf = async (address: string, work: Work): Promise<number | undefined> =>
    (await client.find(`/reserved_ips/${address}`, reservedIpEntity, work))?.droplet?.id;
  return {
    create: async ({ ipAddress, dropletId }, work) => {
      const [address, droplet] = [toText(ipAddress), toNumber(dropletId)];
      await dropletAtRest(client, droplet, work);
      await assignReservedIp(client, address, droplet, work);
      return `${droplet}-${address}-${uniqueSuffix()}`;
    },
    // Someone else's assignment is not this one: a failover made outside shows as "gone", and the
    // next `up` makes it again.
    view: async (_id, before, work) => {
      const [address, droplet] = [toText(before["ipAddress"]), toNumber(before["dropletId"])];
      const isHeld = (await holderOf(address, work)) === droplet;
      return isHeld ? { dropletId: droplet, ipAddress: address } : undefined;
    },
    find: async (inputs, work) => {
      const [address, droplet] = [toText(inputs["ipAddress"]), toNumber(inputs["dropletId"])];
      const isHeld = (await holderOf(address, work)) === droplet;
      return isHeld ? `${droplet}-${address}-${uniqueSuffix()}` : undefined;
    },
    delete: async (_id, state, work) => {
      const address = toText(state["ipAddress"]);
      if ((await holderOf(address, work)) === toNumber(state["dropletId"]))
        await assignReservedIp(client, address, undefined, work);
    },
  };
};

export const reservedIpAssignment: ResourceKind = { schema, operations };
