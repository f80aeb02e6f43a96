import type { CloudState } from "../../records";
import type { SnapshotRecord } from "../../records/machines";
import { type ImageAnswer, baseImage, baseImageView } from "../catalog";

export const snapshotKey = (id: number): string => `snapshot-${id}`;

export const snapshotImageView = (snapshot: SnapshotRecord): ImageAnswer => ({
  id: snapshot.id,
  name: snapshot.name,
  distribution: snapshot.distribution ?? "Debian",
  slug: null,
  public: false,
  regions: snapshot.regions,
  created_at: snapshot.created_at,
  min_disk_size: snapshot.min_disk_size,
  type: snapshot.kind,
  size_gigabytes: snapshot.size_gigabytes,
  description: snapshot.description,
  tags: snapshot.tags,
  status: snapshot.status,
  ...(snapshot.error_message ? { error_message: snapshot.error_message } : {}),
});

export interface FoundImage {
  readonly id: string | number;
  readonly key: string;
  readonly minDisk: number;
  readonly regions: readonly string[] | null;
  readonly snapshot: SnapshotRecord | null;
}

/** A distribution image by slug or number, a snapshot or backup by number. */
export const findImage = (state: CloudState, image: string | number): FoundImage | undefined => {
  if (image === baseImage.slug || String(image) === String(baseImage.id))
    return {
      id: baseImage.slug,
      key: baseImage.slug,
      minDisk: 7,
      regions: null,
      snapshot: null,
    };
  const snapshot = state.snapshots.find(
    (one) => String(one.id) === String(image) && one.status === "available",
  );
  return (
    snapshot && {
      id: snapshot.id,
      key: snapshotKey(snapshot.id),
      minDisk: snapshot.min_disk_size,
      regions: snapshot.regions,
      snapshot,
    }
  );
};

/** A droplet keeps naming its image after that is gone. */
export const imageView = (state: CloudState, image: string | number): ImageAnswer => {
  const snapshot = state.snapshots.find((one) => one.id === image);
  if (snapshot) return snapshotImageView(snapshot);
  if (image === baseImage.slug) return baseImageView();
  return {
    ...baseImageView(),
    id: Number(image),
    name: "deleted",
    slug: null,
    public: false,
    type: "snapshot",
    status: "deleted",
  };
};
