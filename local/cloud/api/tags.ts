import { Hono, type Context } from "hono";
import { z } from "zod";

import type { CloudState } from "../records";
import type { Api, ApiEnv, Cloud } from "./cloud";
import { notFound, unprocessable } from "./errors";
import { page } from "./paging";
import { body, pathParameter } from "./request";

export const tagName = z
  .string()
  .regex(
    /^[a-zA-Z0-9_:-]{1,255}$/,
    "Name must be 1-255 letters, digits, colons, dashes or underscores.",
  );
const newTag = z.object({ name: tagName });
const kinds = ["droplet", "image", "volume", "volume_snapshot"] as const;
type Kind = (typeof kinds)[number];
const resources = z.object({
  resources: z.array(
    z.object({
      resource_id: z.union([z.string(), z.number()]).transform(String),
      resource_type: z.enum(kinds),
    }),
  ),
});

interface Tagged {
  tags: string[];
}
const taggable: Readonly<
  Record<Kind, (state: CloudState) => readonly (Tagged & { readonly id: number | string })[]>
> = {
  droplet: (state) => state.droplets,
  image: (state) => state.snapshots,
  volume: (state) => state.volumes,
  volume_snapshot: (state) => state.volumeSnapshots,
};
const paths: Readonly<Record<Kind, string>> = {
  droplet: "droplets",
  image: "images",
  volume: "volumes",
  volume_snapshot: "snapshots",
};

/** Tags that a request names come into being with it; a tag keeps the case of its first use. */
export const useTags = (state: CloudState, names: readonly string[]): string[] => {
  const used = names.map((name) => {
    const known = state.tags.find((tag) => tag.toLowerCase() === name.toLowerCase());
    if (known === undefined) state.tags.push(name);
    return known ?? name;
  });
  return [...new Set(used)];
};

const count = (
  c: Context<ApiEnv>,
  state: CloudState,
  tag: string,
  kind: Kind,
): Record<string, unknown> => {
  const found = taggable[kind](state).filter((one) => one.tags.includes(tag));
  const last = found.at(-1);
  return {
    count: found.length,
    ...(last
      ? { last_tagged_uri: new URL(`/v2/${paths[kind]}/${last.id}`, c.req.url).toString() }
      : {}),
  };
};

const view = (c: Context<ApiEnv>, state: CloudState, tag: string): Record<string, unknown> => {
  const droplets = count(c, state, tag, "droplet"),
    images = count(c, state, tag, "image"),
    volumes = count(c, state, tag, "volume"),
    snapshots = count(c, state, tag, "volume_snapshot");
  const all = [droplets, images, volumes, snapshots];
  const last = all.find((one) => one.last_tagged_uri);
  return {
    name: tag,
    resources: {
      count: all.reduce((sum, one) => sum + Number(one.count), 0),
      ...(last ? { last_tagged_uri: last.last_tagged_uri } : {}),
      droplets,
      images,
      volumes,
      volume_snapshots: snapshots,
      databases: { count: 0 },
    },
  };
};

const asked = (cloud: Cloud, c: Context<ApiEnv>): string => {
  const tag = cloud.state.tags.find(
    (one) => one.toLowerCase() === pathParameter(c, "tag").toLowerCase(),
  );
  if (tag === undefined) throw notFound();
  return tag;
};

/** All resources are found before any is changed. */
const named = async (cloud: Cloud, c: Context<ApiEnv>): Promise<Tagged[]> => {
  const wanted = await body(c, resources);
  return wanted.resources.map(({ resource_id, resource_type }) => {
    const found = taggable[resource_type](cloud.state).find(
      (one) => String(one.id) === resource_id,
    );
    if (!found) throw notFound();
    return found;
  });
};

export const tagRoutes = (cloud: Cloud): Api => {
  const api: Api = new Hono();
  const { state } = cloud;
  api.get("/tags", (c) =>
    c.json(
      page(
        c,
        "tags",
        state.tags.map((tag) => view(c, state, tag)),
      ),
    ),
  );
  api.post("/tags", async (c) => {
    const { name } = await body(c, newTag);
    const [tag] = useTags(state, [name]);
    if (tag === undefined) throw unprocessable("name is required");
    return c.json({ tag: view(c, state, tag) }, 201);
  });
  api.get("/tags/:tag", (c) => c.json({ tag: view(c, state, asked(cloud, c)) }));
  api.delete("/tags/:tag", async (c) => {
    const tag = asked(cloud, c);
    state.tags = state.tags.filter((one) => one !== tag);
    for (const kind of kinds)
      for (const one of taggable[kind](state)) one.tags = one.tags.filter((name) => name !== tag);
    for (const firewall of state.firewalls)
      firewall.tags = firewall.tags.filter((name) => name !== tag);
    await cloud.network.apply();
    return c.body(null, 204);
  });
  api.post("/tags/:tag/resources", async (c) => {
    const tag = asked(cloud, c);
    for (const one of await named(cloud, c)) one.tags = [...new Set([...one.tags, tag])];
    await cloud.network.apply();
    return c.body(null, 204);
  });
  api.delete("/tags/:tag/resources", async (c) => {
    const tag = asked(cloud, c);
    for (const one of await named(cloud, c)) one.tags = one.tags.filter((name) => name !== tag);
    await cloud.network.apply();
    return c.body(null, 204);
  });
  return api;
};
