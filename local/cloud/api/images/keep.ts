import type { DropletRecord, SnapshotRecord } from "../../records/machines";
import { timestamp, type Cloud } from "../cloud";
import { snapshotKey } from "./images";

/** As DigitalOcean shows sizes: GiB with two decimals. */
export const gigabytes = (bytes: number): number => Math.round((bytes / 2 ** 30) * 100) / 100;

/** Part of a droplet's action: keeps its disk and records it. */
export const takeSnapshot = async (
  cloud: Cloud,
  droplet: DropletRecord,
  kind: SnapshotRecord["kind"],
  name: string,
): Promise<void> => {
  const { store } = cloud;
  const id = store.nextId();
  const bytes = await cloud.hypervisor.snapshot(droplet.id, snapshotKey(id));
  store.snapshots.insert({
    id,
    name,
    kind,
    droplet_id: droplet.id,
    regions: [droplet.region],
    created_at: timestamp(cloud),
    min_disk_size: droplet.disk,
    size_gigabytes: gigabytes(bytes),
    tags: [],
    description: "",
    status: "available",
  });
};

export const removeSnapshots = async (
  { store, hypervisor }: Cloud,
  test: (snapshot: SnapshotRecord) => boolean,
): Promise<void> => {
  for (const { id } of store.snapshots.remove(test))
    await hypervisor.deleteSnapshot(snapshotKey(id));
};
