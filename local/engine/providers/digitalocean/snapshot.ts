import type { Snapshot } from "@second-server/digitalocean-api/types";
import { z } from "zod";

import type { Work } from "../provider";
import { entity, type Fields, maybeNumber, maybeText, maybeTexts } from "./answers";
import type { Client } from "./client";
import type { Told } from "./convert";

const snapshotEntity = entity(
  "snapshot",
  "snapshots",
  z.object({
    name: z.string(),
    resource_id: z.coerce.string(),
    regions: maybeTexts,
    size_gigabytes: maybeNumber,
    min_disk_size: maybeNumber,
    created_at: maybeText,
    tags: maybeTexts,
  } satisfies Fields<Snapshot>),
);

/** As a droplet or a volume lists its own; those of droplets have numbers for ids. */
export const ownSnapshot = entity(
  "snapshot",
  "snapshots",
  z.object({ id: z.coerce.string(), name: z.string() } satisfies Fields<Snapshot>),
);

/** What the states of both kinds of snapshots say, and the tags, which only one of them has. */
export const viewSnapshot = async (
  client: Client,
  id: string,
  owner: "dropletId" | "volumeId",
  work: Work,
): Promise<{ readonly view: Told; readonly tags: readonly string[] } | undefined> => {
  const found = await client.find(`/snapshots/${id}`, snapshotEntity, work);
  return (
    found && {
      view: {
        name: found.name,
        [owner]: found.resource_id,
        regions: found.regions ?? [],
        size: found.size_gigabytes ?? 0,
        minDiskSize: found.min_disk_size,
        createdAt: found.created_at,
      },
      tags: found.tags ?? [],
    }
  );
};
