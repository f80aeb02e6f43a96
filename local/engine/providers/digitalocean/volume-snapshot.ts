import type { Body } from "./answers";
import type { Client } from "./client";
import { optionalText, toText, toTexts } from "./convert";
import { createdSince } from "./created-since";
import type { Operations, ResourceKind, Schema } from "./kind";
import { retag } from "./retag";
import { ownSnapshot, viewSnapshot } from "./snapshot";

const schema: Schema = {
  label: "Volume Snapshot",
  required: ["volumeId"],
  autoName: 255,
  sets: ["tags"],
  zeros: { tags: null },
  replaces: ["volumeId", "name"],
  outputs: ["createdAt", "minDiskSize", "regions", "size"],
};

const operations = (client: Client): Operations => ({
  create: async ({ name, tags, volumeId }, work) => {
    const path = `/volumes/${toText(volumeId)}/snapshots`;
    const body: Body<"post /volumes/{volume_id}/snapshots"> = {
      name: optionalText(name),
      tags: toTexts(tags),
    };
    return (await client.create(path, body, ownSnapshot, work)).id;
  },
  view: async (id, _before, work) => {
    const found = await viewSnapshot(client, id, "volumeId", work);
    return found && { ...found.view, tags: found.tags };
  },
  update: async (id, old, now, work) =>
    await retag(client, "volume_snapshot", id, toTexts(old["tags"]), toTexts(now["tags"]), work),
  ...createdSince({
    client,
    path: ({ volumeId }) => `/volumes/${toText(volumeId)}/snapshots`,
    entity: ownSnapshot,
    id: ({ id }) => id,
    fits: (found, { name }) => found.name === name,
  }),
  delete: async (id, _state, work) => await client.delete(`/snapshots/${id}`, work),
});

export const volumeSnapshot: ResourceKind = { schema, operations };
