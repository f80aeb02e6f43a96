import type { Work } from "../provider";
import type { Client, Json } from "./client";
import type { Spec } from "./resource";
import { str } from "./resource";

/** Takes away and puts on tags, making those that are not there yet. */
export const retag = async (
  client: Client,
  type: "droplet" | "volume" | "volume_snapshot",
  id: string,
  old: readonly string[],
  now: readonly string[],
  work: Work,
): Promise<void> => {
  const resources = { resources: [{ resource_id: id, resource_type: type }] };
  for (const tag of old.filter((each) => !now.includes(each)))
    await client.delete(`/tags/${encodeURIComponent(tag)}/resources`, work, resources);
  for (const tag of now.filter((each) => !old.includes(each))) {
    await client.post("/tags", { name: tag }, work);
    await client.post(`/tags/${encodeURIComponent(tag)}/resources`, resources, work);
  }
};

const counts = (tag: Json): Record<string, number> => {
  const of = (key: string): number =>
    (tag["resources"]?.[key]?.["count"] as number | undefined) ?? 0;
  return {
    totalResourceCount: (tag["resources"]?.["count"] as number | undefined) ?? 0,
    dropletsCount: of("droplets"),
    imagesCount: of("images"),
    volumesCount: of("volumes"),
    volumeSnapshotsCount: of("volume_snapshots"),
    databasesCount: of("databases"),
  };
};

export const tag = (client: Client): Spec => ({
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
  create: async (inputs, work) =>
    str(
      ((await client.post("/tags", { name: inputs["name"] }, work))["tag"] as Json)[
        "name"
      ] as string,
    ),
  view: async (id, _before, work) => {
    const found = await client.find(`/tags/${encodeURIComponent(id)}`, work);
    return found && { name: (found["tag"] as Json)["name"], ...counts(found["tag"] as Json) };
  },
  // Making a tag that is there already is no error and changes nothing: it may as well be the attempt's.
  find: async ({ name }, _since, work) =>
    (await client.find(`/tags/${encodeURIComponent(str(name))}`, work)) ? str(name) : undefined,
  delete: async (id, _state, work) => await client.delete(`/tags/${encodeURIComponent(id)}`, work),
});
