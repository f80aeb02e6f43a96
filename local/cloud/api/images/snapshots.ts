import type { Answer, Snapshot } from "@second-server/digitalocean-api/types";
import { Hono, type Context } from "hono";

import type { SnapshotRecord, VolumeSnapshotRecord } from "../../records/machines";
import type { Api, ApiEnv, Cloud, Resource } from "../cloud";
import { notFound } from "../errors";
import { page } from "../paging";
import { pathParameter } from "../request";
import { removeVolumeSnapshot, volumeSnapshotView } from "../volumes/snapshots";
import { removeSnapshots } from "./keep";

const view = (one: SnapshotRecord): Answer<Snapshot> => ({
  id: String(one.id),
  name: one.name,
  regions: one.regions,
  created_at: one.created_at,
  resource_id: String(one.droplet_id),
  resource_type: "droplet",
  min_disk_size: one.min_disk_size,
  size_gigabytes: one.size_gigabytes,
  tags: one.tags,
});

type Asked =
  | { readonly droplet: SnapshotRecord; readonly volume?: undefined }
  | { readonly volume: VolumeSnapshotRecord; readonly droplet?: undefined };

const asked = ({ store }: Cloud, c: Context<ApiEnv>): Asked => {
  const id = pathParameter(c, "id");
  const droplet = store.snapshots.find((one) => one.kind === "snapshot" && String(one.id) === id);
  if (droplet) return { droplet };
  const volume = store.volumeSnapshots.get(id);
  if (volume) return { volume };
  throw notFound();
};

const routes = (cloud: Cloud): Api => {
  const api: Api = new Hono();
  const { store } = cloud;
  api.get("/snapshots", (c) => {
    const kind = c.req.query("resource_type");
    const ofDroplets = store.snapshots.filter((one) => one.kind === "snapshot").map(view);
    const ofVolumes = store.volumeSnapshots.all().map(volumeSnapshotView);
    const shown = [
      ...(kind === "volume" ? [] : ofDroplets),
      ...(kind === "droplet" ? [] : ofVolumes),
    ];
    return c.json(page(c, "snapshots", shown));
  });
  api.get("/snapshots/:id", (c) => {
    const { droplet, volume } = asked(cloud, c);
    return c.json({ snapshot: droplet ? view(droplet) : volumeSnapshotView(volume) });
  });
  api.delete("/snapshots/:id", async (c) => {
    const { droplet, volume } = asked(cloud, c);
    if (droplet) await removeSnapshots(cloud, (one) => one === droplet);
    else await removeVolumeSnapshot(cloud, volume);
    return c.body(null, 204);
  });
  return api;
};

/** Of droplets and of volumes, in one list. */
export const snapshots: Resource = { routes };
