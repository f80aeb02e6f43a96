import { z } from "zod";

import type { DropletRecord } from "../../records/machines";
import { findSize } from "../catalog";
import type { Cloud } from "../cloud";
import { unprocessable } from "../errors";
import { findImage } from "../images/images";
import { policySchema } from "./backup-policy";
import { hostName } from "./create";

const plain = [
  "reboot",
  "power_cycle",
  "shutdown",
  "power_off",
  "power_on",
  "disable_backups",
  "enable_ipv6",
  "password_reset",
] as const;
export const dropletAction = z.discriminatedUnion("type", [
  z.object({ type: z.enum(plain) }),
  z.object({ type: z.literal("resize"), size: z.string(), disk: z.boolean().nullish() }),
  z.object({ type: z.literal("snapshot"), name: z.string().min(1).max(255).nullish() }),
  z.object({ type: z.literal("rename"), name: hostName }),
  z.object({ type: z.literal("rebuild"), image: z.union([z.string(), z.number().int()]) }),
  z.object({ type: z.literal("restore"), image: z.union([z.string(), z.number().int()]) }),
  z.object({ type: z.literal("enable_backups"), backup_policy: policySchema.nullish() }),
  z.object({ type: z.literal("change_backup_policy"), backup_policy: policySchema }),
  z.object({ type: z.literal("change_kernel"), kernel: z.number().int() }),
]);
export type DropletAction = z.infer<typeof dropletAction>;

const checkResize = (droplet: DropletRecord, size: string, disk: boolean): void => {
  const wanted = findSize(size);
  if (!wanted) throw unprocessable("You specified an invalid size.");
  if (wanted.disk < droplet.disk)
    throw unprocessable("This size is not available because it has a smaller disk.");
  if (wanted.slug === droplet.size && !(disk && wanted.disk > droplet.disk))
    throw unprocessable("This size is not available: the droplet has it already.");
  if (droplet.status !== "off")
    throw unprocessable("Droplet must be powered off before it can be resized.");
};

const checkImage = (
  cloud: Cloud,
  droplet: DropletRecord,
  wanted: Extract<DropletAction, { image: unknown }>,
): void => {
  const image = findImage(cloud.store.state, wanted.image);
  if (!image || (image.regions && !image.regions.includes(droplet.region)))
    throw unprocessable("You specified an invalid image.");
  if (image.minDisk > droplet.disk)
    throw unprocessable("The image needs a larger disk than this droplet has.");
  if (wanted.type === "restore" && image.snapshot?.droplet_id !== droplet.id)
    throw unprocessable("A droplet can only be restored from its own backups.");
};

/** Refuses now what can't work later, with the texts that clients look for. */
export const checkDropletAction = (
  cloud: Cloud,
  droplet: DropletRecord,
  wanted: DropletAction,
): void => {
  if (droplet.locked) throw unprocessable("Droplet already has a pending event.");
  switch (wanted.type) {
    case "power_off":
    case "shutdown":
      if (droplet.status === "off") throw unprocessable("Droplet is already powered off.");
      return;
    case "power_on":
      if (droplet.status === "active") throw unprocessable("Droplet is already powered on.");
      return;
    case "reboot":
      if (droplet.status === "off") throw unprocessable("Droplet is powered off.");
      return;
    case "resize":
      return checkResize(droplet, wanted.size, wanted.disk ?? false);
    case "rebuild":
    case "restore":
      return checkImage(cloud, droplet, wanted);
    case "enable_ipv6":
      if (droplet.public_networking === false)
        throw unprocessable("The droplet has no public networking.");
      if (droplet.ipv6) throw unprocessable("IPv6 is already enabled.");
      return;
    case "disable_backups":
    case "change_backup_policy":
      if (!droplet.backup_policy) throw unprocessable("Backups are not enabled.");
      return;
    case "password_reset":
      if (droplet.status === "off")
        throw unprocessable("Droplet must be powered on to have its root password reset.");
      return;
    // No image of the last ten years takes its kernel from DigitalOcean: `kernel` is null and the
    // list of kernels empty.
    case "change_kernel":
      throw unprocessable("This Droplet's kernel is managed internally and cannot be changed.");
    case "power_cycle":
    case "snapshot":
    case "rename":
    case "enable_backups":
      return;
    default:
      wanted satisfies never;
  }
};
