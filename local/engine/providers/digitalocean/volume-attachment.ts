import type { Work } from "../provider";
import type { Body } from "./answers";
import type { Client } from "./client";
import { toNumber, toText, uniqueSuffix } from "./convert";
import type { Operations, ResourceKind, Schema } from "./kind";
import { volumeEntity } from "./volume";
import { runAction } from "./wait";

/** Attaches or detaches a volume, and waits for it. */
export const moveVolume = async (
  client: Client,
  volume: string,
  type: "attach" | "detach",
  droplet: number,
  region: string,
  work: Work,
): Promise<void> => {
  const body: Body<"post /volumes/{volume_id}/actions"> = { type, droplet_id: droplet, region };
  await runAction(client, `/volumes/${volume}/actions`, body, work);
};

const schema: Schema = {
  label: "volume attachment",
  required: ["dropletId", "volumeId"],
  replaces: ["dropletId", "volumeId"],
};

const operations = (client: Client): Operations => {
  const find = async (id: string, work: Work) =>
    await client.find(`/volumes/${id}`, volumeEntity, work);
  return {
    create: async (inputs, work) => {
      const [droplet, id] = [toNumber(inputs["dropletId"]), toText(inputs["volumeId"])];
      const found = await find(id, work);
      if (!found) throw new Error(`there is no volume ${id}`);
      if (!found.droplet_ids?.includes(droplet))
        await moveVolume(client, id, "attach", droplet, found.region.slug, work);
      return `${droplet}-${id}-${uniqueSuffix()}`;
    },
    view: async (_id, before, work) => {
      const [droplet, id] = [toNumber(before["dropletId"]), toText(before["volumeId"])];
      const found = await find(id, work);
      return found?.droplet_ids?.includes(droplet)
        ? { dropletId: droplet, volumeId: id }
        : undefined;
    },
    delete: async (_id, state, work) => {
      const [droplet, id] = [toNumber(state["dropletId"]), toText(state["volumeId"])];
      const found = await find(id, work);
      if (found?.droplet_ids?.includes(droplet))
        await moveVolume(client, id, "detach", droplet, found.region.slug, work);
    },
  };
};

export const volumeAttachment: ResourceKind = { schema, operations };
