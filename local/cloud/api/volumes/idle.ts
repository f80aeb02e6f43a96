import type { VolumeRecord } from "../../records/machines";
import { actionsUnderWay } from "../actions";
import type { Cloud } from "../cloud";
import { unprocessable } from "../errors";

/** Volumes that their snapshot's content is still being copied into. */
const filling = new WeakSet<VolumeRecord>();

export const whileFilling = async (
  volume: VolumeRecord,
  work: () => Promise<void>,
): Promise<void> => {
  filling.add(volume);
  try {
    await work();
  } finally {
    filling.delete(volume);
  }
};

/** Nothing else may be done to a volume meanwhile. */
export const checkIdle = (cloud: Cloud, volume: VolumeRecord): void => {
  const busy = actionsUnderWay(cloud, "volume").some((one) => one.resource_id === volume.id);
  if (busy || filling.has(volume)) throw unprocessable("The volume already has a pending event.");
};
