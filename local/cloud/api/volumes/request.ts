import { z } from "zod";

import { looseInteger } from "../request";
import { tagName } from "../tags";

const size = z
  .number()
  .int()
  .min(1, "must be at least 1 GiB")
  .max(16_384, "must be at most 16384 GiB");
export const newVolume = z.object({
  name: z
    .string()
    .regex(
      /^[a-z][a-z0-9-]{0,63}$/,
      "must begin with a lowercase letter and hold at most 64 lowercase letters, digits and dashes",
    ),
  region: z.string().optional(),
  size_gigabytes: size,
  description: z.string().max(1_000).nullish(),
  snapshot_id: z.string().nullish(),
  filesystem_type: z.enum(["", "ext4", "xfs"]).nullish(),
  filesystem_label: z.string().max(16).nullish(),
  tags: z.array(tagName).nullish(),
});
export const volumeAction = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("attach"),
    droplet_id: looseInteger,
    region: z.string().optional(),
    volume_name: z.string().optional(),
    tags: z.array(tagName).nullish(),
  }),
  z.object({
    type: z.literal("detach"),
    droplet_id: looseInteger,
    region: z.string().optional(),
    volume_name: z.string().optional(),
  }),
  z.object({
    type: z.literal("resize"),
    size_gigabytes: size,
    region: z.string().optional(),
    volume_name: z.string().optional(),
  }),
]);
export type VolumeAction = z.infer<typeof volumeAction>;

/** A volume's snapshot is kept as a volume of its own. */
export const volumeSnapshotKey = (id: string): string => `snapshot-${id}`;
