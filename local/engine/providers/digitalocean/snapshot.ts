import type { Value } from "../../values/value";
import type { Client, Json } from "./client";
import { num, type Spec, str } from "./resource";
import { actionDone } from "./wait";

export const dropletSnapshot = (client: Client): Spec => ({
  label: "droplet snapshot", required: ["dropletId"], autoName: 255, replaces: ["dropletId", "name"], outputs: ["createdAt", "minDiskSize", "regions", "size"],
  create: async (inputs, work) => {
    const droplet = str(inputs["dropletId"]);
    const path = `/droplets/${droplet}/actions`;
    await actionDone(client, path, (await client.post(path, { type: "snapshot", name: inputs["name"] }, work))["action"] as Json, work);
    const found = (await client.list(`/droplets/${droplet}/snapshots`, "snapshots", work)).filter(({ name }) => name === inputs["name"]).at(-1);
    if (!found) throw new Error(`the snapshot ${str(inputs["name"])} is not among those of droplet ${droplet}`);
    return String(found["id"]);
  },
  view: async (id, before, work) => {
    const found = (await client.find(`/snapshots/${id}`, work))?.["snapshot"] as Json | undefined;
    return found ? {
      name: found["name"], dropletId: String(found["resource_id"] ?? before["dropletId"]), regions: (found["regions"] ?? []) as Value, size: num(found["size_gigabytes"] as number),
      minDiskSize: found["min_disk_size"], createdAt: found["created_at"],
    } : null;
  },
  delete: async (id, _state, work) => await client.delete(`/snapshots/${id}`, work),
});
