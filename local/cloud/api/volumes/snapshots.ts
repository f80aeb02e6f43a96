import { randomUUID } from "node:crypto";

import type { Answer, Snapshot } from "@second-server/digitalocean-api/types";
import { Hono, type Context } from "hono";
import { z } from "zod";

import type { VolumeRecord, VolumeSnapshotRecord } from "../../records/machines";
import { timestamp, type Api, type ApiEnv, type Cloud, type Resource } from "../cloud";
import { found } from "../errors";
import { gigabytes } from "../images/keep";
import { page } from "../paging";
import { body, nameText, pathParameter } from "../request";
import { tagName, useTags } from "../tags";
import { volumeSnapshotKey } from "./request";

const newSnapshot = z.object({ name: nameText, tags: z.array(tagName).nullish() });

export const volumeSnapshotView = (one: VolumeSnapshotRecord): Answer<Snapshot> => ({
  id: one.id,
  name: one.name,
  regions: [one.region],
  created_at: one.created_at,
  resource_id: one.volume_id,
  resource_type: "volume",
  min_disk_size: one.min_disk_size,
  size_gigabytes: one.size_gigabytes,
  tags: one.tags,
});

export const removeVolumeSnapshot = async (
  { store, hypervisor }: Cloud,
  snapshot: VolumeSnapshotRecord,
): Promise<void> => {
  store.volumeSnapshots.remove((one) => one === snapshot);
  await hypervisor.deleteVolume?.(volumeSnapshotKey(snapshot.id));
};

const take = async (
  cloud: Cloud,
  volume: VolumeRecord,
  wanted: z.infer<typeof newSnapshot>,
): Promise<VolumeSnapshotRecord> => {
  const { store, hypervisor } = cloud;
  const id = randomUUID();
  const bytes = (await hypervisor.copyVolume?.(volume.id, volumeSnapshotKey(id))) ?? 0;
  return store.volumeSnapshots.insert({
    id,
    name: wanted.name,
    volume_id: volume.id,
    region: volume.region,
    created_at: timestamp(cloud),
    min_disk_size: volume.size_gigabytes,
    size_gigabytes: gigabytes(bytes),
    tags: useTags(store, wanted.tags ?? []),
  });
};

const routes = (cloud: Cloud): Api => {
  const api: Api = new Hono();
  const { volumes, volumeSnapshots: snapshots } = cloud.store;
  const asked = (c: Context<ApiEnv>): VolumeSnapshotRecord =>
    found(snapshots.get(pathParameter(c, "snapshot")));
  const askedVolume = (c: Context<ApiEnv>): VolumeRecord =>
    found(volumes.get(pathParameter(c, "id")));
  api.get("/volumes/snapshots/:snapshot", (c) =>
    c.json({ snapshot: volumeSnapshotView(asked(c)) }),
  );
  api.delete("/volumes/snapshots/:snapshot", async (c) => {
    await removeVolumeSnapshot(cloud, asked(c));
    return c.body(null, 204);
  });
  api.get("/volumes/:id/snapshots", (c) => {
    const volume = askedVolume(c);
    const views = snapshots.filter((one) => one.volume_id === volume.id).map(volumeSnapshotView);
    return c.json(page(c, "snapshots", views));
  });
  api.post("/volumes/:id/snapshots", async (c) => {
    const wanted = await body(c, newSnapshot);
    const snapshot = await take(cloud, askedVolume(c), wanted);
    return c.json({ snapshot: volumeSnapshotView(snapshot) }, 201);
  });
  return api;
};

export const volumeSnapshots: Resource = {
  routes,
  taggable: [
    {
      type: "volume_snapshot",
      path: "snapshots",
      collection: (store) => store.volumeSnapshots,
    },
  ],
};
