import type { Volume } from "@second-server/digitalocean-api/types";
import { z } from "zod";

import type { Props } from "../../values/value";
import {
  type Body,
  entity,
  type Fields,
  maybeNumber,
  maybeNumbers,
  maybeText,
  maybeTexts,
} from "./answers";
import type { Client } from "./client";
import { isSame, optionalText, toNumber, toText, toTexts } from "./convert";
import type { Operations, ResourceKind, Schema } from "./kind";
import { retag } from "./retag";
import { runAction } from "./wait";

export const volumeEntity = entity(
  "volume",
  "volumes",
  z.object({
    id: z.string(),
    name: z.string(),
    region: z.object({ slug: z.string() }),
    size_gigabytes: maybeNumber,
    description: maybeText,
    droplet_ids: maybeNumbers,
    filesystem_type: maybeText,
    filesystem_label: maybeText,
    tags: maybeTexts,
  } satisfies Fields<Volume>),
);

const body = (inputs: Props): Body<"post /volumes"> => {
  const type = inputs["initialFilesystemType"] ?? inputs["filesystemType"];
  const label = inputs["initialFilesystemLabel"];
  return {
    region: optionalText(inputs["region"]),
    name: optionalText(inputs["name"]),
    description: toText(inputs["description"]),
    size_gigabytes: toNumber(inputs["size"]),
    tags: toTexts(inputs["tags"]),
    ...(inputs["snapshotId"] ? { snapshot_id: toText(inputs["snapshotId"]) } : {}),
    ...(type ? { filesystem_type: toText(type) } : {}),
    ...(label ? { filesystem_label: toText(label) } : {}),
  };
};

const schema: Schema = {
  label: "Volume",
  required: ["region", "size"],
  autoName: 64,
  lowerCaseName: true,
  sets: ["tags"],
  zeros: {
    description: null,
    filesystemLabel: null,
    initialFilesystemLabel: null,
    initialFilesystemType: null,
    snapshotId: null,
    tags: null,
  },
  outputs: ["dropletIds", "filesystemLabel", "volumeUrn"],
  computed: ["filesystemType"],
  replaces: [
    "region",
    "name",
    "description",
    "snapshotId",
    "filesystemType",
    "initialFilesystemType",
    "initialFilesystemLabel",
  ],
  // A disk can grow only.
  replacesWhen: (property, old, now) =>
    property === "size" && Number(now["size"]) < Number(old["size"]),
};

const operations = (client: Client): Operations => ({
  create: async (inputs, work) =>
    (await client.create("/volumes", body(inputs), volumeEntity, work)).id,
  view: async (id, _before, work) => {
    const found = await client.find(`/volumes/${id}`, volumeEntity, work);
    return (
      found && {
        name: found.name,
        region: found.region.slug,
        size: found.size_gigabytes ?? 0,
        description: found.description ?? "",
        dropletIds: found.droplet_ids ?? [],
        filesystemType: found.filesystem_type ?? "",
        filesystemLabel: found.filesystem_label ?? "",
        tags: found.tags ?? [],
        volumeUrn: `do:volume:${found.id}`,
      }
    );
  },
  update: async (id, old, now, work) => {
    if (!isSame(old["size"], now["size"])) {
      const growth: Body<"post /volumes/{volume_id}/actions"> = {
        type: "resize",
        size_gigabytes: toNumber(now["size"]),
        region: optionalText(old["region"]),
      };
      await runAction(client, `/volumes/${id}/actions`, growth, work);
    }
    await retag(client, "volume", id, toTexts(old["tags"]), toTexts(now["tags"]), work);
  },
  find: async (inputs, work) => {
    const name = encodeURIComponent(toText(inputs["name"]));
    const path = `/volumes?name=${name}&region=${toText(inputs["region"])}`;
    return (await client.list(path, volumeEntity, work))[0]?.id;
  },
  delete: async (id, _state, work) => await client.delete(`/volumes/${id}`, work),
});

export const volume: ResourceKind = { schema, operations };
