import { randomUUID } from "node:crypto";

import { Hono, type Context } from "hono";
import { z } from "zod";

import { dropletKey } from "../queue";
import type { ActionRecord, DropletRecord, VolumeRecord, VolumeSnapshotRecord } from "../records";
import { limits } from "./account";
import { actionView, beginAction, carryOut, newestFirst } from "./actions";
import { regionSlugs, regionView } from "./catalog";
import { timestamp, type Api, type ApiEnv, type Cloud } from "./cloud";
import { stillThere, volumeSpec } from "./droplets/machine";
import { conflict, notEmulated, notFound, unprocessable } from "./errors";
import { volumeSnapshotKey } from "./images";
import { page } from "./paging";
import { assignToProject } from "./projects";
import { body, looseInteger, nameText, numericId, pathParameter } from "./request";
import { removeVolumeSnapshot, volumeSnapshotView } from "./snapshots";
import { tagName, useTags } from "./tags";

const size = z
  .number()
  .int()
  .min(1, "must be at least 1 GiB")
  .max(16_384, "must be at most 16384 GiB");
const newVolume = z.object({
  name: z
    .string()
    .regex(
      /^[a-z][a-z0-9-]{0,63}$/,
      "must begin with a lowercase letter and hold at most 64 lowercase letters, digits and dashes",
    ),
  region: z.string().optional(),
  size_gigabytes: size,
  description: z.string().max(1_000).nullish(),
  snapshot_id: z.string().nullish(),
  filesystem_type: z.enum(["", "ext4", "xfs"]).nullish(),
  filesystem_label: z.string().max(16).nullish(),
  tags: z.array(tagName).nullish(),
});
const volumeAction = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("attach"),
    droplet_id: looseInteger,
    region: z.string().optional(),
    volume_name: z.string().optional(),
    tags: z.array(tagName).nullish(),
  }),
  z.object({
    type: z.literal("detach"),
    droplet_id: looseInteger,
    region: z.string().optional(),
    volume_name: z.string().optional(),
  }),
  z.object({
    type: z.literal("resize"),
    size_gigabytes: size,
    region: z.string().optional(),
    volume_name: z.string().optional(),
  }),
]);
type VolumeAction = z.infer<typeof volumeAction>;
const newSnapshot = z.object({ name: nameText, tags: z.array(tagName).nullish() });

const view = ({ region, ...volume }: VolumeRecord): Record<string, unknown> => ({
  ...volume,
  region: regionView(region),
});

const asked = (cloud: Cloud, c: Context<ApiEnv>): VolumeRecord => {
  const volume = cloud.state.volumes.find((one) => one.id === pathParameter(c, "id"));
  if (!volume) throw notFound();
  return volume;
};

/** Volumes that their snapshot's content is still being copied into. */
const filling = new WeakSet<VolumeRecord>();

/** Nothing else may be done to a volume meanwhile. */
export const checkIdle = (cloud: Cloud, volume: VolumeRecord): void => {
  const busy = cloud.state.actions.some(
    (one) =>
      one.status === "in-progress" &&
      one.resource_type === "volume" &&
      one.resource_id === volume.id,
  );
  if (busy || filling.has(volume)) throw unprocessable("The volume already has a pending event.");
};

/** The snapshot's content, in the volume's size; what can't be filled is not made. */
const fill = async (
  cloud: Cloud,
  volume: VolumeRecord,
  source: VolumeSnapshotRecord,
): Promise<void> => {
  filling.add(volume);
  try {
    await cloud.hypervisor.copyVolume?.(volumeSnapshotKey(source.id), volume.id);
    await cloud.hypervisor.resizeVolume?.(volume.id, volume.size_gigabytes);
  } catch (error) {
    cloud.state.volumes = cloud.state.volumes.filter((one) => one !== volume);
    throw error;
  } finally {
    filling.delete(volume);
  }
};

const addVolume = async (
  cloud: Cloud,
  wanted: z.infer<typeof newVolume>,
): Promise<VolumeRecord> => {
  const { state } = cloud;
  const source = wanted.snapshot_id
    ? state.volumeSnapshots.find((one) => one.id === wanted.snapshot_id)
    : undefined;
  if (wanted.snapshot_id && !source) throw unprocessable("snapshot_id: no such volume snapshot");
  const region = wanted.region ?? source?.region;
  if (!region || !regionSlugs.includes(region)) throw unprocessable("region: is not a region");
  if (source && (source.region !== region || source.min_disk_size > wanted.size_gigabytes))
    throw unprocessable("snapshot_id: the snapshot needs its own region and at least its own size");
  if (state.volumes.some((one) => one.region === region && one.name === wanted.name))
    throw conflict("a volume with this name already exists in the region");
  if (state.volumes.length >= limits.volumes)
    throw unprocessable(`You have reached the limit of ${limits.volumes} volumes.`);
  const volume: VolumeRecord = {
    id: randomUUID(),
    name: wanted.name,
    region,
    description: wanted.description ?? "",
    size_gigabytes: wanted.size_gigabytes,
    created_at: timestamp(cloud),
    droplet_ids: [],
    tags: useTags(state, wanted.tags ?? []),
    filesystem_type: wanted.filesystem_type ?? "",
    filesystem_label: wanted.filesystem_label ?? "",
  };
  state.volumes.push(volume);
  assignToProject(cloud, `do:volume:${volume.id}`);
  if (source) await fill(cloud, volume, source);
  return volume;
};

const dropletOf = (cloud: Cloud, id: number): DropletRecord => {
  const droplet = cloud.state.droplets.find((one) => one.id === id);
  if (!droplet) throw unprocessable("The droplet was not found.");
  return droplet;
};

/** Throws 422 for what can't be, then says how it is done. */
const plan = (cloud: Cloud, volume: VolumeRecord, wanted: VolumeAction): (() => Promise<void>) => {
  const { hypervisor } = cloud;
  if (wanted.type === "resize") {
    if (wanted.size_gigabytes <= volume.size_gigabytes)
      throw unprocessable("size_gigabytes: a volume can only grow");
    return async () => {
      await hypervisor.resizeVolume?.(volume.id, wanted.size_gigabytes);
      volume.size_gigabytes = wanted.size_gigabytes;
    };
  }
  const droplet = dropletOf(cloud, wanted.droplet_id);
  if (!hypervisor.attachVolume || !hypervisor.detachVolume)
    throw notEmulated("Attaching volumes to machines");
  if (wanted.type === "attach") {
    if (volume.droplet_ids.length)
      throw unprocessable("This volume is already attached to a droplet.");
    if (droplet.region !== volume.region)
      throw unprocessable("The volume and the droplet must be in the same region.");
    return async () => {
      await hypervisor.attachVolume!(droplet.id, volumeSpec(volume));
      if (!stillThere(cloud, droplet)) throw new Error("the droplet was deleted meanwhile");
      volume.droplet_ids = [droplet.id];
      droplet.volume_ids = [...droplet.volume_ids, volume.id];
    };
  }
  if (!volume.droplet_ids.includes(droplet.id))
    throw unprocessable("The volume is not attached to this droplet.");
  return async () => {
    await hypervisor.detachVolume!(droplet.id, volume.id);
    volume.droplet_ids = [];
    droplet.volume_ids = droplet.volume_ids.filter((id) => id !== volume.id);
  };
};

/** What changes a machine's disks has its droplet's turn; a volume has one action at a time anyway. */
const queueOf = (volumeId: string, wanted: VolumeAction): string =>
  wanted.type === "resize" ? `volume-${volumeId}` : dropletKey(wanted.droplet_id);

const actionType = { attach: "attach_volume", detach: "detach_volume", resize: "resize" } as const;
const start = (cloud: Cloud, volume: VolumeRecord, wanted: VolumeAction): ActionRecord => {
  checkIdle(cloud, volume);
  const work = plan(cloud, volume, wanted);
  const action = beginAction(cloud, {
    type: actionType[wanted.type],
    resource_id: volume.id,
    resource_type: "volume",
    region_slug: volume.region,
    request: wanted,
  });
  void cloud.jobs.run(queueOf(volume.id, wanted), async () => {
    await carryOut(cloud, action, work);
    await cloud.store.save();
  });
  return action;
};

/** After a daemon's death: what was under way is planned again, or has failed where it no longer can be. */
export const resumeVolumeActions = (cloud: Cloud): void => {
  for (const action of cloud.state.actions.filter(
    (one) => one.status === "in-progress" && one.resource_type === "volume",
  )) {
    const volume = cloud.state.volumes.find((one) => one.id === action.resource_id);
    const wanted = volumeAction.parse(action.request);
    void cloud.jobs.run(queueOf(String(action.resource_id), wanted), async () => {
      await carryOut(cloud, action, async () => {
        if (!volume) throw new Error("the volume is gone");
        await plan(cloud, volume, wanted)();
      });
      await cloud.store.save();
    });
  }
};

const actionRoutes = (cloud: Cloud, api: Api): void => {
  const actionsOf = (volume: VolumeRecord): ActionRecord[] =>
    cloud.state.actions.filter(
      (one) => one.resource_type === "volume" && one.resource_id === volume.id,
    );
  api.post("/volumes/actions", async (c) => {
    const wanted = await body(c, volumeAction);
    const volume = cloud.state.volumes.find(
      (one) => one.name === wanted.volume_name && (!wanted.region || one.region === wanted.region),
    );
    if (!volume) throw notFound();
    return c.json({ action: actionView(start(cloud, volume, wanted)) }, 202);
  });
  api.get("/volumes/:id/actions", (c) =>
    c.json(page(c, "actions", newestFirst(actionsOf(asked(cloud, c))))),
  );
  api.get("/volumes/:id/actions/:action", (c) => {
    const action = actionsOf(asked(cloud, c)).find((one) => one.id === numericId(c, "action"));
    if (!action) throw notFound();
    return c.json({ action: actionView(action) });
  });
  api.post("/volumes/:id/actions", async (c) => {
    const wanted = await body(c, volumeAction);
    return c.json({ action: actionView(start(cloud, asked(cloud, c), wanted)) }, 202);
  });
};

const snapshotRoutes = (cloud: Cloud, api: Api): void => {
  const { state } = cloud;
  const askedSnapshot = (c: Context<ApiEnv>): VolumeSnapshotRecord => {
    const snapshot = state.volumeSnapshots.find((one) => one.id === pathParameter(c, "snapshot"));
    if (!snapshot) throw notFound();
    return snapshot;
  };
  api.get("/volumes/snapshots/:snapshot", (c) =>
    c.json({ snapshot: volumeSnapshotView(askedSnapshot(c)) }),
  );
  api.delete("/volumes/snapshots/:snapshot", async (c) => {
    await removeVolumeSnapshot(cloud, askedSnapshot(c));
    return c.body(null, 204);
  });
  api.get("/volumes/:id/snapshots", (c) => {
    const volume = asked(cloud, c);
    return c.json(
      page(
        c,
        "snapshots",
        state.volumeSnapshots.filter((one) => one.volume_id === volume.id).map(volumeSnapshotView),
      ),
    );
  });
  api.post("/volumes/:id/snapshots", async (c) => {
    const wanted = await body(c, newSnapshot);
    const volume = asked(cloud, c);
    const id = randomUUID();
    const bytes = (await cloud.hypervisor.copyVolume?.(volume.id, volumeSnapshotKey(id))) ?? 0;
    const snapshot: VolumeSnapshotRecord = {
      id,
      name: wanted.name,
      volume_id: volume.id,
      region: volume.region,
      created_at: timestamp(cloud),
      min_disk_size: volume.size_gigabytes,
      size_gigabytes: Math.round((bytes / 2 ** 30) * 100) / 100,
      tags: useTags(state, wanted.tags ?? []),
    };
    state.volumeSnapshots.push(snapshot);
    return c.json({ snapshot: volumeSnapshotView(snapshot) }, 201);
  });
};

const remove = async (cloud: Cloud, volume: VolumeRecord): Promise<void> => {
  if (volume.droplet_ids.length)
    throw conflict("an attached volume can't be deleted: detach it first");
  checkIdle(cloud, volume);
  cloud.state.volumes = cloud.state.volumes.filter((one) => one !== volume);
  await cloud.hypervisor.deleteVolume?.(volume.id);
};

export const volumeRoutes = (cloud: Cloud): Api => {
  const api: Api = new Hono();
  const { state } = cloud;
  actionRoutes(cloud, api);
  snapshotRoutes(cloud, api);
  const named = (c: Context<ApiEnv>): VolumeRecord[] => {
    const { name, region } = c.req.query();
    return state.volumes.filter(
      (one) => (!name || one.name === name) && (!region || one.region === region),
    );
  };
  api.get("/volumes", (c) => c.json(page(c, "volumes", named(c).map(view))));
  api.post("/volumes", async (c) =>
    c.json({ volume: view(await addVolume(cloud, await body(c, newVolume))) }, 201),
  );
  api.delete("/volumes", async (c) => {
    const [volume] = c.req.query("name") && c.req.query("region") ? named(c) : [];
    if (!volume) throw notFound();
    await remove(cloud, volume);
    return c.body(null, 204);
  });
  api.get("/volumes/:id", (c) => c.json({ volume: view(asked(cloud, c)) }));
  api.delete("/volumes/:id", async (c) => {
    await remove(cloud, asked(cloud, c));
    return c.body(null, 204);
  });
  return api;
};
