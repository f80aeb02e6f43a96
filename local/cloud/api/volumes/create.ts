import { randomUUID } from "node:crypto";

import type { z } from "zod";

import type { VolumeRecord, VolumeSnapshotRecord } from "../../records/machines";
import { regionSlugs } from "../catalog";
import { timestamp, type Cloud } from "../cloud";
import { conflict, unprocessable } from "../errors";
import { assignToProject } from "../projects/membership";
import { useTags } from "../tags";
import { whileFilling } from "./idle";
import { volumeSnapshotKey, type newVolume } from "./request";

export const VOLUME_LIMIT = 100;

type Wanted = z.infer<typeof newVolume>;

/** The snapshot's content, in the volume's size; what can't be filled is not made. */
const fill = async (
  { store, hypervisor }: Cloud,
  volume: VolumeRecord,
  source: VolumeSnapshotRecord,
): Promise<void> => {
  try {
    await hypervisor.copyVolume?.(volumeSnapshotKey(source.id), volume.id);
    await hypervisor.resizeVolume?.(volume.id, volume.size_gigabytes);
  } catch (error) {
    store.volumes.remove((one) => one === volume);
    throw error;
  }
};

const sourceOf = ({ store }: Cloud, wanted: Wanted): VolumeSnapshotRecord | undefined => {
  if (!wanted.snapshot_id) return undefined;
  const source = store.volumeSnapshots.get(wanted.snapshot_id);
  if (!source) throw unprocessable("snapshot_id: no such volume snapshot");
  return source;
};

const checkLimits = ({ store }: Cloud, name: string, region: string): void => {
  if (store.volumes.some((one) => one.region === region && one.name === name))
    throw conflict("a volume with this name already exists in the region");
  if (store.volumes.all().length >= VOLUME_LIMIT)
    throw unprocessable(`You have reached the limit of ${VOLUME_LIMIT} volumes.`);
};

export const addVolume = async (cloud: Cloud, wanted: Wanted): Promise<VolumeRecord> => {
  const { store } = cloud;
  const source = sourceOf(cloud, wanted);
  const region = wanted.region ?? source?.region;
  if (!region || !regionSlugs.includes(region)) throw unprocessable("region: is not a region");
  if (source && (source.region !== region || source.min_disk_size > wanted.size_gigabytes))
    throw unprocessable("snapshot_id: the snapshot needs its own region and at least its own size");
  checkLimits(cloud, wanted.name, region);
  const volume = store.volumes.insert({
    id: randomUUID(),
    name: wanted.name,
    region,
    description: wanted.description ?? "",
    size_gigabytes: wanted.size_gigabytes,
    created_at: timestamp(cloud),
    droplet_ids: [],
    tags: useTags(store, wanted.tags ?? []),
    filesystem_type: wanted.filesystem_type ?? "",
    filesystem_label: wanted.filesystem_label ?? "",
  });
  assignToProject(cloud, `do:volume:${volume.id}`);
  if (source) await whileFilling(volume, () => fill(cloud, volume, source));
  return volume;
};
