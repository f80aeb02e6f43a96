import type { Props, Value } from "../../values/value";
import type { Work } from "../provider";
import type { Client, Json } from "./client";
import { newcomer } from "./newcomer";
import { list, num, type Spec, str } from "./resource";
import { retag } from "./tags";
import { actionDone } from "./wait";

const view = (found: Json, owner: "dropletId" | "volumeId"): Props => ({
  name: found["name"],
  [owner]: String(found["resource_id"]),
  regions: (found["regions"] ?? []) as Value,
  size: num(found["size_gigabytes"] as number),
  minDiskSize: found["min_disk_size"],
  createdAt: found["created_at"],
});
const find = async (client: Client, id: string, work: Work): Promise<Json | null> =>
  ((await client.find(`/snapshots/${id}`, work))?.["snapshot"] as Json | undefined) ?? null;

export const dropletSnapshot = (client: Client): Spec => ({
  label: "droplet snapshot",
  required: ["dropletId"],
  autoName: 255,
  replaces: ["dropletId", "name"],
  outputs: ["createdAt", "minDiskSize", "regions", "size"],
  create: async (inputs, work) => {
    const droplet = str(inputs["dropletId"]);
    const path = `/droplets/${droplet}/actions`;
    await actionDone(
      client,
      path,
      (await client.post(path, { type: "snapshot", name: inputs["name"] }, work))["action"] as Json,
      work,
    );
    const found = (await client.list(`/droplets/${droplet}/snapshots`, "snapshots", work))
      .filter(({ name }) => name === inputs["name"])
      .at(-1);
    if (!found)
      throw new Error(
        `the snapshot ${str(inputs["name"])} is not among those of droplet ${droplet}`,
      );
    return String(found["id"]);
  },
  view: async (id, _before, work) => {
    const found = await find(client, id, work);
    return found && view(found, "dropletId");
  },
  ...newcomer({
    client,
    path: ({ dropletId }) => `/droplets/${str(dropletId)}/snapshots`,
    key: "snapshots",
    id: ({ id }) => String(id),
    fits: (found, { name }) => found["name"] === name,
  }),
  delete: async (id, _state, work) => await client.delete(`/snapshots/${id}`, work),
});

export const volumeSnapshot = (client: Client): Spec => ({
  label: "Volume Snapshot",
  required: ["volumeId"],
  autoName: 255,
  sets: ["tags"],
  zeros: { tags: null },
  replaces: ["volumeId", "name"],
  outputs: ["createdAt", "minDiskSize", "regions", "size"],
  create: async (inputs, work) =>
    str(
      (
        (
          await client.post(
            `/volumes/${str(inputs["volumeId"])}/snapshots`,
            { name: inputs["name"], tags: list(inputs["tags"]) },
            work,
          )
        )["snapshot"] as Json
      )["id"] as string,
    ),
  view: async (id, _before, work) => {
    const found = await find(client, id, work);
    return found && { ...view(found, "volumeId"), tags: (found["tags"] ?? []) as Value };
  },
  update: async (id, old, now, work) =>
    await retag(client, "volume_snapshot", id, list(old["tags"]), list(now["tags"]), work),
  ...newcomer({
    client,
    path: ({ volumeId }) => `/volumes/${str(volumeId)}/snapshots`,
    key: "snapshots",
    id: ({ id }) => String(id),
    fits: (found, { name }) => found["name"] === name,
  }),
  delete: async (id, _state, work) => await client.delete(`/snapshots/${id}`, work),
});
