import type { Answer, Volume } from "@second-server/digitalocean-api/types";
import { Hono, type Context } from "hono";

import type { VolumeRecord } from "../../records/machines";
import { regionView } from "../catalog";
import type { Api, ApiEnv, Cloud, Resource } from "../cloud";
import { conflict, found } from "../errors";
import { page } from "../paging";
import { body, pathParameter } from "../request";
import { resumeVolumeActions, volumeActionRoutes } from "./actions";
import { addVolume, VOLUME_LIMIT } from "./create";
import { checkIdle } from "./idle";
import { newVolume } from "./request";

const view = ({ region, ...volume }: VolumeRecord): Answer<Volume> => ({
  ...volume,
  region: regionView(region),
});

const asked = ({ store }: Cloud, c: Context<ApiEnv>): VolumeRecord =>
  found(store.volumes.get(pathParameter(c, "id")));

const remove = async (cloud: Cloud, volume: VolumeRecord): Promise<void> => {
  if (volume.droplet_ids.length)
    throw conflict("an attached volume can't be deleted: detach it first");
  checkIdle(cloud, volume);
  cloud.store.volumes.remove((one) => one === volume);
  await cloud.hypervisor.deleteVolume?.(volume.id);
};

const routes = (cloud: Cloud): Api => {
  const api: Api = new Hono();
  const { store } = cloud;
  const named = (c: Context<ApiEnv>): VolumeRecord[] => {
    const { name, region } = c.req.query();
    return store.volumes.filter(
      (one) => (!name || one.name === name) && (!region || one.region === region),
    );
  };
  volumeActionRoutes(cloud, api, (c) => asked(cloud, c));
  api.get("/volumes", (c) => c.json(page(c, "volumes", named(c).map(view))));
  api.post("/volumes", async (c) =>
    c.json({ volume: view(await addVolume(cloud, await body(c, newVolume))) }, 201),
  );
  api.delete("/volumes", async (c) => {
    const [volume] = c.req.query("name") && c.req.query("region") ? named(c) : [];
    await remove(cloud, found(volume));
    return c.body(null, 204);
  });
  api.get("/volumes/:id", (c) => c.json({ volume: view(asked(cloud, c)) }));
  api.delete("/volumes/:id", async (c) => {
    await remove(cloud, asked(cloud, c));
    return c.body(null, 204);
  });
  return api;
};

export const volumes: Resource = {
  routes,
  resume: resumeVolumeActions,
  accountLimits: { volume_limit: VOLUME_LIMIT },
  taggable: [{ type: "volume", path: "volumes", collection: (store) => store.volumes }],
  projectMember: {
    kind: "volume",
    path: "volumes",
    exists: (store, id) => store.volumes.get(id) !== undefined,
  },
  forgetDroplet: ({ volumes: all }, { id }) => {
    for (const volume of all.filter((one) => one.droplet_ids.includes(id)))
      all.update(volume, { droplet_ids: volume.droplet_ids.filter((one) => one !== id) });
  },
};
