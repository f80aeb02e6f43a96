import type { Tag } from "@second-server/digitalocean-api/types";
import { z } from "zod";

import { type Body, entity, type Fields } from "./answers";
import type { Client } from "./client";
import { optionalText, type Told, toText } from "./convert";
import type { Operations, ResourceKind, Schema } from "./kind";

const counted = z.object({ count: z.number().nullish() });
/** Images are counted under "images"; the document spells it otherwise. */
const resources = counted.extend({
  droplets: counted.nullish(),
  images: counted.nullish(),
  volumes: counted.nullish(),
  volume_snapshots: counted.nullish(),
  databases: counted.nullish(),
});
const tagEntity = entity(
  "tag",
  "tags",
  z.object({ name: z.string(), resources: resources.nullish() } satisfies Fields<Tag>),
);

const pathOf = (name: string): string => `/tags/${encodeURIComponent(name)}`;

const counts = (all: z.infer<typeof resources> | null | undefined): Told => ({
  totalResourceCount: all?.count ?? 0,
  dropletsCount: all?.droplets?.count ?? 0,
  imagesCount: all?.images?.count ?? 0,
  volumesCount: all?.volumes?.count ?? 0,
  volumeSnapshotsCount: all?.volume_snapshots?.count ?? 0,
  databasesCount: all?.databases?.count ?? 0,
});

const schema: Schema = {
  label: "tag",
  required: [],
  autoName: 255,
  replaces: ["name"],
  outputs: [
    "totalResourceCount",
    "dropletsCount",
    "imagesCount",
    "volumesCount",
    "volumeSnapshotsCount",
    "databasesCount",
  ],
  validate: ({ name }) =>
    typeof name === "string" && !/^[a-zA-Z0-9:_-]{1,255}$/.test(name)
      ? [
          {
            property: "name",
            reason:
              "tags may contain lowercase letters, numbers, colons, dashes, and underscores; there is a limit of 255 characters per tag",
          },
        ]
      : [],
};

const operations = (client: Client): Operations => ({
  create: async ({ name }, work) => {
    const body: Body<"post /tags"> = { name: optionalText(name) };
    return (await client.create("/tags", body, tagEntity, work)).name;
  },
  view: async (id, _before, work) => {
    const found = await client.find(pathOf(id), tagEntity, work);
    return found && { name: found.name, ...counts(found.resources) };
  },
  // Making a tag that is there already is no error and changes nothing: it may as well be the
  // attempt's.
  find: async ({ name }, work) =>
    (await client.find(pathOf(toText(name)), tagEntity, work)) && toText(name),
  delete: async (id, _state, work) => await client.delete(pathOf(id), work),
});

export const tag: ResourceKind = { schema, operations };
