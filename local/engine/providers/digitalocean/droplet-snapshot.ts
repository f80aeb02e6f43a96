import type { Body } from "./answers";
import type { Client } from "./client";
import { optionalText, toText } from "./convert";
import { createdSince } from "./created-since";
import type { Operations, ResourceKind, Schema } from "./kind";
import { ownSnapshot, viewSnapshot } from "./snapshot";
import { runAction } from "./wait";

const schema: Schema = {
  label: "droplet snapshot",
  required: ["dropletId"],
  autoName: 255,
  replaces: ["dropletId", "name"],
  outputs: ["createdAt", "minDiskSize", "regions", "size"],
};

const operations = (client: Client): Operations => ({
  create: async (inputs, work) => {
    const [droplet, name] = [toText(inputs["dropletId"]), optionalText(inputs["name"])];
    const body: Body<"post /droplets/{droplet_id}/actions"> = { type: "snapshot", name };
    await runAction(client, `/droplets/${droplet}/actions`, body, work);
    const all = await client.list(`/droplets/${droplet}/snapshots`, ownSnapshot, work);
    const found = all.findLast((each) => each.name === name);
    if (!found)
      throw new Error(`the snapshot ${String(name)} is not among those of droplet ${droplet}`);
    return found.id;
  },
  view: async (id, _before, work) => (await viewSnapshot(client, id, "dropletId", work))?.view,
  ...createdSince({
    client,
    path: ({ dropletId }) => `/droplets/${toText(dropletId)}/snapshots`,
    entity: ownSnapshot,
    id: ({ id }) => id,
    fits: (found, { name }) => found.name === name,
  }),
  delete: async (id, _state, work) => await client.delete(`/snapshots/${id}`, work),
});

export const dropletSnapshot: ResourceKind = { schema, operations };
