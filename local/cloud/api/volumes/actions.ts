import type { Context } from "hono";

import { dropletKey } from "../../queue";
import type { ActionRecord, DropletRecord, VolumeRecord } from "../../records/machines";
import {
  actionHistoryRoutes,
  actionsOf,
  actionsUnderWay,
  actionView,
  beginAction,
  carryOut,
} from "../actions";
import type { Api, ApiEnv, Cloud } from "../cloud";
import { stillThere, volumeSpec } from "../droplets/machine";
import { found, notEmulated, unprocessable } from "../errors";
import { body } from "../request";
import { checkIdle } from "./idle";
import { volumeAction, type VolumeAction } from "./request";

const dropletOf = ({ store }: Cloud, id: number): DropletRecord => {
  const droplet = store.droplets.get(id);
  if (!droplet) throw unprocessable("The droplet was not found.");
  return droplet;
};

type Wanted<Type extends VolumeAction["type"]> = Extract<VolumeAction, { type: Type }>;
/** How an action is done. What makes one throws 422 for what can't be. */
type Plan = () => Promise<void>;

const planResize = (
  { store, hypervisor }: Cloud,
  volume: VolumeRecord,
  { size_gigabytes }: Wanted<"resize">,
): Plan => {
  if (size_gigabytes <= volume.size_gigabytes)
    throw unprocessable("size_gigabytes: a volume can only grow");
  return async () => {
    await hypervisor.resizeVolume?.(volume.id, size_gigabytes);
    store.volumes.update(volume, { size_gigabytes });
  };
};

const planAttach = (cloud: Cloud, volume: VolumeRecord, wanted: Wanted<"attach">): Plan => {
  const { store, hypervisor } = cloud;
  const droplet = dropletOf(cloud, wanted.droplet_id);
  if (!hypervisor.attachVolume) throw notEmulated("Attaching volumes to machines");
  if (volume.droplet_ids.length)
    throw unprocessable("This volume is already attached to a droplet.");
  if (droplet.region !== volume.region)
    throw unprocessable("The volume and the droplet must be in the same region.");
  return async () => {
    await hypervisor.attachVolume?.(droplet.id, volumeSpec(volume));
    if (!stillThere(cloud, droplet)) throw new Error("the droplet was deleted meanwhile");
    store.volumes.update(volume, { droplet_ids: [droplet.id] });
    store.droplets.update(droplet, { volume_ids: [...droplet.volume_ids, volume.id] });
  };
};

const planDetach = (cloud: Cloud, volume: VolumeRecord, wanted: Wanted<"detach">): Plan => {
  const { store, hypervisor } = cloud;
  const droplet = dropletOf(cloud, wanted.droplet_id);
  if (!hypervisor.detachVolume) throw notEmulated("Attaching volumes to machines");
  if (!volume.droplet_ids.includes(droplet.id))
    throw unprocessable("The volume is not attached to this droplet.");
  return async () => {
    await hypervisor.detachVolume?.(droplet.id, volume.id);
    store.volumes.update(volume, { droplet_ids: [] });
    const volume_ids = droplet.volume_ids.filter((id) => id !== volume.id);
    store.droplets.update(droplet, { volume_ids });
  };
};

const plan = (cloud: Cloud, volume: VolumeRecord, wanted: VolumeAction): Plan => {
  switch (wanted.type) {
    case "attach":
      return planAttach(cloud, volume, wanted);
    case "detach":
      return planDetach(cloud, volume, wanted);
    case "resize":
      return planResize(cloud, volume, wanted);
  }
};

/**
 * What changes a machine's disks has its droplet's turn; a volume has one action at a time anyway.
 */
const queue = (cloud: Cloud, action: ActionRecord, wanted: VolumeAction, work: Plan): void => {
  const key =
    wanted.type === "resize" ? `volume-${action.resource_id}` : dropletKey(wanted.droplet_id);
  void cloud.jobs.run(key, async () => {
    await carryOut(cloud, action, work);
  });
};

const actionTypes = { attach: "attach_volume", detach: "detach_volume", resize: "resize" } as const;

const start = (cloud: Cloud, volume: VolumeRecord, wanted: VolumeAction): ActionRecord => {
  checkIdle(cloud, volume);
  const work = plan(cloud, volume, wanted);
  const action = beginAction(cloud, {
    type: actionTypes[wanted.type],
    resource_id: volume.id,
    resource_type: "volume",
    region_slug: volume.region,
    request: wanted,
  });
  queue(cloud, action, wanted, work);
  return action;
};

/**
 * After a daemon's death: what was under way is planned again, or has failed where it no longer can
 * be.
 */
export const resumeVolumeActions = (cloud: Cloud): void => {
  for (const action of actionsUnderWay(cloud, "volume")) {
    const wanted = volumeAction.parse(action.request);
    const volume = cloud.store.volumes.get(action.resource_id);
    queue(cloud, action, wanted, async () => {
      if (!volume) throw new Error("the volume is gone");
      await plan(cloud, volume, wanted)();
    });
  }
};

export const volumeActionRoutes = (
  cloud: Cloud,
  api: Api,
  asked: (c: Context<ApiEnv>) => VolumeRecord,
): void => {
  api.post("/volumes/actions", async (c) => {
    const wanted = await body(c, volumeAction);
    const volume = found(
      cloud.store.volumes.find(
        ({ name, region }) =>
          name === wanted.volume_name && (!wanted.region || region === wanted.region),
      ),
    );
    return c.json({ action: actionView(start(cloud, volume, wanted)) }, 202);
  });
  actionHistoryRoutes(api, "/volumes/:id", (c) => actionsOf(cloud, "volume", asked(c).id));
  api.post("/volumes/:id/actions", async (c) => {
    const wanted = await body(c, volumeAction);
    return c.json({ action: actionView(start(cloud, asked(c), wanted)) }, 202);
  });
};
