import { Hono, type Context } from "hono";
import { z } from "zod";

import type { SnapshotRecord } from "../../records/machines";
import { baseImage, baseImageView } from "../catalog";
import type { Api, ApiEnv, Cloud, Resource } from "../cloud";
import { forbidden, notFound } from "../errors";
import { page } from "../paging";
import { body, nameText, pathParameter } from "../request";
import { imageActionRoutes, resumeImageActions } from "./actions";
import { customImageRoutes, distribution, resumeImports } from "./custom-images";
import { snapshotImageView } from "./images";
import { removeSnapshots } from "./keep";

const change = z.object({
  name: nameText.optional(),
  distribution: distribution.optional(),
  description: z.string().optional(),
});

const isBase = (id: string): boolean => id === baseImage.slug || id === String(baseImage.id);

/** The asked image, which has to be the account's own. */
const askedOwn = ({ store }: Cloud, c: Context<ApiEnv>): SnapshotRecord => {
  const id = pathParameter(c, "id");
  const own = store.snapshots.find((one) => String(one.id) === id);
  if (own) return own;
  throw isBase(id) ? forbidden("You can not change a public image.") : notFound();
};

const imageRoutes = (cloud: Cloud, api: Api): void => {
  const { snapshots } = cloud.store;
  api.get("/images", (c) => {
    const { type, tag_name: tag, private: onlyOwn } = c.req.query();
    const bases = onlyOwn === "true" || type === "application" || tag ? [] : [baseImageView()];
    const own = type ? [] : snapshots.filter((one) => !tag || one.tags.includes(tag));
    return c.json(page(c, "images", [...bases, ...own.map(snapshotImageView)]));
  });
  api.get("/images/:id", (c) => {
    const image = isBase(pathParameter(c, "id"))
      ? baseImageView()
      : snapshotImageView(askedOwn(cloud, c));
    return c.json({ image });
  });
  api.put("/images/:id", async (c) => {
    const wanted = await body(c, change);
    const image = askedOwn(cloud, c);
    snapshots.update(image, {
      name: wanted.name ?? image.name,
      description: wanted.description ?? image.description,
      ...(image.kind === "custom" && wanted.distribution
        ? { distribution: wanted.distribution }
        : {}),
    });
    return c.json({ image: snapshotImageView(image) });
  });
  api.delete("/images/:id", async (c) => {
    const image = askedOwn(cloud, c);
    await removeSnapshots(cloud, (one) => one === image);
    return c.body(null, 204);
  });
};

/** The base image, droplets' snapshots and backups, and custom images. */
export const images: Resource = {
  routes: (cloud) => {
    const api: Api = new Hono();
    imageRoutes(cloud, api);
    customImageRoutes(cloud, api);
    imageActionRoutes(cloud, api, (c) => askedOwn(cloud, c));
    return api;
  },
  resume: (cloud) => {
    resumeImports(cloud);
    resumeImageActions(cloud);
  },
  taggable: [{ type: "image", path: "images", collection: (store) => store.snapshots }],
};
