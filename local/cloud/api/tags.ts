import type { Answer, Sparse, Tag } from "@second-server/digitalocean-api/types";
import { Hono, type Context } from "hono";
import { z } from "zod";

import type { Collection, Store } from "../record-store";
import type { Api, ApiEnv, Cloud, Resource, Taggable } from "./cloud";
import { found, unprocessable } from "./errors";
import { page } from "./paging";
import { body, pathParameter } from "./request";

export const tagName = z
  .string()
  .regex(
    /^[a-zA-Z0-9_:-]{1,255}$/,
    "Name must be 1-255 letters, digits, colons, dashes or underscores.",
  );
const newTag = z.object({ name: tagName });

type Tagged = ReturnType<ReturnType<Taggable["collection"]>["all"]>[number];

const withTag = (record: Tagged, tag: string): readonly string[] => [
  ...new Set([...record.tags, tag]),
];
const withoutTag = (record: Tagged, tag: string): readonly string[] =>
  record.tags.filter((name) => name !== tag);

/** Tags that a request names come into being with it; a tag keeps the case of its first use. */
export const useTags = ({ tags }: Store, names: readonly string[]): string[] => {
  const used = names.map(
    (name) => tags.find((tag) => tag.toLowerCase() === name.toLowerCase()) ?? tags.insert(name),
  );
  return [...new Set(used)];
};

const countOf = (
  c: Context<ApiEnv>,
  store: Store,
  tag: string,
  { collection, path }: Taggable,
): { count: number; last_tagged_uri?: string } => {
  const tagged = collection(store).filter((one) => one.tags.includes(tag));
  const last = tagged.at(-1);
  return {
    count: tagged.length,
    ...(last ? { last_tagged_uri: new URL(`/v2/${path}/${last.id}`, c.req.url).toString() } : {}),
  };
};

const view = (
  c: Context<ApiEnv>,
  store: Store,
  kinds: readonly Taggable[],
  tag: string,
): Answer<Tag, "resources"> & Sparse<Pick<Tag, "resources">> => {
  const counts = kinds.map((kind) => ({ kind, counted: countOf(c, store, tag, kind) }));
  const last = counts.find(({ counted }) => counted.last_tagged_uri)?.counted.last_tagged_uri;
  return {
    name: tag,
    resources: {
      count: counts.reduce((sum, { counted }) => sum + counted.count, 0),
      ...(last ? { last_tagged_uri: last } : {}),
      ...Object.fromEntries(counts.map(({ kind, counted }) => [`${kind.type}s`, counted])),
      databases: { count: 0 },
    },
  };
};

const asked = ({ store }: Cloud, c: Context<ApiEnv>): string =>
  found(store.tags.find((one) => one.toLowerCase() === pathParameter(c, "tag").toLowerCase()));

interface Named {
  readonly collection: Collection<Tagged>;
  readonly record: Tagged;
}

/** How a request's list of resources becomes records; all are found before any is changed. */
const finder = (
  { store }: Cloud,
  kinds: readonly Taggable[],
): ((c: Context<ApiEnv>) => Promise<Named[]>) => {
  const schema = z.object({
    resources: z.array(
      z.object({
        resource_id: z.union([z.string(), z.number()]).transform(String),
        resource_type: z.enum(kinds.map(({ type }) => type)),
      }),
    ),
  });
  return async (c) => {
    const wanted = await body(c, schema);
    return wanted.resources.map(({ resource_id, resource_type }) => {
      const collection = found(kinds.find(({ type }) => type === resource_type)).collection(store);
      return {
        collection,
        record: found(collection.find((one) => String(one.id) === resource_id)),
      };
    });
  };
};

const removeTag = ({ store, resources }: Cloud, kinds: readonly Taggable[], tag: string): void => {
  store.tags.remove((one) => one === tag);
  for (const collection of kinds.map((kind) => kind.collection(store)))
    for (const one of collection.filter(({ tags: list }) => list.includes(tag)))
      collection.update(one, { tags: withoutTag(one, tag) });
  for (const { forgetTag } of resources) forgetTag?.(store, tag);
};

const taggingRoutes = (cloud: Cloud, kinds: readonly Taggable[], api: Api): void => {
  const named = finder(cloud, kinds);
  api.post("/tags/:tag/resources", async (c) => {
    const tag = asked(cloud, c);
    for (const { collection, record } of await named(c))
      collection.update(record, { tags: withTag(record, tag) });
    await cloud.network.apply();
    return c.body(null, 204);
  });
  api.delete("/tags/:tag/resources", async (c) => {
    const tag = asked(cloud, c);
    for (const { collection, record } of await named(c))
      collection.update(record, { tags: withoutTag(record, tag) });
    await cloud.network.apply();
    return c.body(null, 204);
  });
};

const routes = (cloud: Cloud): Api => {
  const api: Api = new Hono();
  const { store } = cloud;
  const kinds = cloud.resources.flatMap(({ taggable }) => taggable ?? []);
  const shown = (c: Context<ApiEnv>, tag: string) => view(c, store, kinds, tag);
  api.get("/tags", (c) => {
    const list = store.tags.all().map((tag) => shown(c, tag));
    return c.json(page(c, "tags", list));
  });
  api.post("/tags", async (c) => {
    const { name } = await body(c, newTag);
    const [tag] = useTags(store, [name]);
    if (tag === undefined) throw unprocessable("name is required");
    return c.json({ tag: shown(c, tag) }, 201);
  });
  api.get("/tags/:tag", (c) => c.json({ tag: shown(c, asked(cloud, c)) }));
  api.delete("/tags/:tag", async (c) => {
    removeTag(cloud, kinds, asked(cloud, c));
    await cloud.network.apply();
    return c.body(null, 204);
  });
  taggingRoutes(cloud, kinds, api);
  return api;
};

export const tags: Resource = { routes };
