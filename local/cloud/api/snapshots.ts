import { Hono, type Context } from "hono";
import { z } from "zod";

import type { DropletRecord, SnapshotRecord, VolumeSnapshotRecord } from "../records";
import { baseImage, baseImageView } from "./catalog";
import { timestamp, type Api, type ApiEnv, type Cloud } from "./cloud";
import { customImageRoutes, distribution } from "./custom-images";
import { forbidden, notFound } from "./errors";
import { imageActionRoutes } from "./image-actions";
import { snapshotImageView, snapshotKey, volumeSnapshotKey } from "./images";
import { page } from "./paging";
import { body, nameText, pathParameter } from "./request";

/** Part of a droplet's action: keeps its disk and records it. */
export const takeSnapshot = async (
  cloud: Cloud,
  droplet: DropletRecord,
  kind: SnapshotRecord["kind"],
  name: string,
): Promise<void> => {
  const id = cloud.store.nextId();
  const bytes = await cloud.hypervisor.snapshot(droplet.id, snapshotKey(id));
  cloud.state.snapshots.push({
    id,
    name,
    kind,
    droplet_id: droplet.id,
    regions: [droplet.region],
    created_at: timestamp(cloud),
    min_disk_size: droplet.disk,
    size_gigabytes: Math.round((bytes / 2 ** 30) * 100) / 100,
    tags: [],
    description: "",
    status: "available",
  });
};

const removeSnapshot = async (cloud: Cloud, snapshot: SnapshotRecord): Promise<void> => {
  cloud.state.snapshots = cloud.state.snapshots.filter((one) => one !== snapshot);
  await cloud.hypervisor.deleteSnapshot(snapshotKey(snapshot.id));
};

export const removeVolumeSnapshot = async (
  cloud: Cloud,
  snapshot: VolumeSnapshotRecord,
): Promise<void> => {
  cloud.state.volumeSnapshots = cloud.state.volumeSnapshots.filter((one) => one !== snapshot);
  await cloud.hypervisor.deleteVolume?.(volumeSnapshotKey(snapshot.id));
};

const dropletSnapshotView = (one: SnapshotRecord): Record<string, unknown> => ({
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
export const volumeSnapshotView = (one: VolumeSnapshotRecord): Record<string, unknown> => ({
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

const snapshotRoutes = (cloud: Cloud, api: Api): void => {
  const { state } = cloud;
  const asked = (
    c: Context<ApiEnv>,
  ): { droplet: SnapshotRecord | undefined; volume: VolumeSnapshotRecord | undefined } => {
    const id = pathParameter(c, "id");
    const found = {
      droplet: state.snapshots.find((one) => one.kind === "snapshot" && String(one.id) === id),
      volume: state.volumeSnapshots.find((one) => one.id === id),
    };
    if (!found.droplet && !found.volume) throw notFound();
    return found;
  };
  api.get("/snapshots", (c) => {
    const kind = c.req.query("resource_type");
    const droplets =
      kind === "volume"
        ? []
        : state.snapshots.filter((one) => one.kind === "snapshot").map(dropletSnapshotView);
    const volumes = kind === "droplet" ? [] : state.volumeSnapshots.map(volumeSnapshotView);
    return c.json(page(c, "snapshots", [...droplets, ...volumes]));
  });
  api.get("/snapshots/:id", (c) => {
    const { droplet, volume } = asked(c);
    return c.json({
      snapshot: droplet ? dropletSnapshotView(droplet) : volumeSnapshotView(volume!),
    });
  });
  api.delete("/snapshots/:id", async (c) => {
    const { droplet, volume } = asked(c);
    if (droplet) await removeSnapshot(cloud, droplet);
    if (volume) await removeVolumeSnapshot(cloud, volume);
    return c.body(null, 204);
  });
};

const change = z.object({
  name: nameText.optional(),
  distribution: distribution.optional(),
  description: z.string().optional(),
});
const imageRoutes = (cloud: Cloud, api: Api): void => {
  const { state } = cloud;
  const own = (c: Context<ApiEnv>): SnapshotRecord => {
    const id = pathParameter(c, "id");
    const snapshot = state.snapshots.find((one) => String(one.id) === id);
    if (!snapshot)
      throw id === baseImage.slug || id === String(baseImage.id)
        ? forbidden("You can not change a public image.")
        : notFound();
    return snapshot;
  };
  api.get("/images", (c) => {
    const type = c.req.query("type"),
      tag = c.req.query("tag_name");
    const bases =
      c.req.query("private") === "true" || type === "application" || tag ? [] : [baseImageView()];
    const own = type
      ? []
      : state.snapshots.filter((one) => !tag || one.tags.includes(tag)).map(snapshotImageView);
    return c.json(page(c, "images", [...bases, ...own]));
  });
  api.get("/images/:id", (c) => {
    const id = pathParameter(c, "id");
    return c.json({
      image:
        id === baseImage.slug || id === String(baseImage.id)
          ? baseImageView()
          : snapshotImageView(own(c)),
    });
  });
  api.put("/images/:id", async (c) => {
    const wanted = await body(c, change);
    const snapshot = own(c);
    snapshot.name = wanted.name ?? snapshot.name;
    snapshot.description = wanted.description ?? snapshot.description;
    if (snapshot.kind === "custom")
      snapshot.distribution = wanted.distribution ?? snapshot.distribution;
    return c.json({ image: snapshotImageView(snapshot) });
  });
  api.delete("/images/:id", async (c) => {
    await removeSnapshot(cloud, own(c));
    return c.body(null, 204);
  });
  customImageRoutes(cloud, api);
  imageActionRoutes(cloud, api, own);
};

export const imageAndSnapshotRoutes = (cloud: Cloud): Api => {
  const api: Api = new Hono();
  snapshotRoutes(cloud, api);
  imageRoutes(cloud, api);
  return api;
};
