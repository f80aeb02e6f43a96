import { z } from "zod";

import type { ActionRecord, DropletRecord } from "../../records";
import { ipv6Of } from "../addresses";
import { findSize } from "../catalog";
import type { Cloud } from "../cloud";
import { unprocessable } from "../errors";
import { findImage } from "../images";
import { takeSnapshot } from "../snapshots";
import { backupPolicy, hostName, policySchema } from "./create";
import { beginDropletAction, boot, machineSpec, queueAction, settled } from "./machine";
import { resetPassword } from "./password";

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
  const image = findImage(cloud.state, wanted.image);
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
    // No image of the last ten years takes its kernel from DigitalOcean: `kernel` is null and the list of kernels empty.
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

const resize = async (
  cloud: Cloud,
  droplet: DropletRecord,
  slug: string,
  disk: boolean,
): Promise<void> => {
  const size = findSize(slug)!;
  await cloud.hypervisor.resize(droplet.id, {
    memoryMiB: size.memory,
    vcpus: size.vcpus,
    ...(disk ? { diskGiB: size.disk } : {}),
  });
  Object.assign(droplet, {
    size: slug,
    memory: size.memory,
    vcpus: size.vcpus,
    disk: disk ? size.disk : droplet.disk,
  });
};

const reimage = async (
  cloud: Cloud,
  droplet: DropletRecord,
  image: string | number,
): Promise<() => void> => {
  const id = findImage(cloud.state, image)?.id;
  if (id === undefined) throw new Error(`image ${image} was deleted meanwhile`);
  await cloud.hypervisor.rebuild(machineSpec(cloud, droplet, id));
  droplet.image = id;
  return settled(cloud, droplet);
};

const setFeature = (droplet: DropletRecord, feature: string, on: boolean): void => {
  droplet.features = [
    ...(on ? [feature] : []),
    ...droplet.features.filter((one) => one !== feature),
  ];
};

/** The address is there and routed; telling a system that runs already about it is its owner's, as at DigitalOcean. */
const enableIpv6 = async (cloud: Cloud, droplet: DropletRecord): Promise<void> => {
  const address = ipv6Of(droplet.ipv4);
  await cloud.hypervisor.enableIpv6?.(droplet.id, address);
  droplet.ipv6 = address;
  setFeature(droplet, "ipv6", true);
  await cloud.network.apply();
};

const perform = async (
  cloud: Cloud,
  droplet: DropletRecord,
  wanted: DropletAction,
): Promise<void | (() => void)> => {
  const { hypervisor } = cloud;
  switch (wanted.type) {
    case "power_on":
      await hypervisor.powerOn(droplet.id);
      return settled(cloud, droplet);
    case "power_off":
      await hypervisor.powerOff(droplet.id);
      return settled(cloud, droplet);
    case "shutdown":
      await hypervisor.shutdown(droplet.id, 60);
      return settled(cloud, droplet);
    case "reboot":
      await hypervisor.reboot(droplet.id);
      return settled(cloud, droplet);
    case "power_cycle":
      await hypervisor.powerOff(droplet.id);
      await hypervisor.powerOn(droplet.id);
      return settled(cloud, droplet);
    case "resize":
      return resize(cloud, droplet, wanted.size, wanted.disk ?? false);
    case "snapshot":
      return takeSnapshot(
        cloud,
        droplet,
        "snapshot",
        wanted.name ?? `${droplet.name}-${cloud.clock.now().getTime()}`,
      );
    case "rebuild":
    case "restore":
      return reimage(cloud, droplet, wanted.image);
    case "rename":
      droplet.name = wanted.name;
      return;
    case "enable_ipv6":
      return enableIpv6(cloud, droplet);
    case "enable_backups":
      droplet.backup_policy = backupPolicy(wanted.backup_policy);
      return setFeature(droplet, "backups", true);
    case "change_backup_policy":
      droplet.backup_policy = backupPolicy(wanted.backup_policy);
      return;
    case "disable_backups":
      droplet.backup_policy = null;
      return setFeature(droplet, "backups", false);
    case "password_reset":
      return resetPassword(cloud, droplet);
    case "change_kernel":
      return;
    default:
      wanted satisfies never;
  }
};

export const startDropletAction = (
  cloud: Cloud,
  droplet: DropletRecord,
  wanted: DropletAction,
): ActionRecord => {
  checkDropletAction(cloud, droplet, wanted);
  const action = beginDropletAction(cloud, droplet, wanted.type, wanted);
  queueAction(cloud, droplet, action, () => perform(cloud, droplet, wanted));
  return action;
};

/** After a daemon's death: what was under way is done again (the hypervisor's methods are idempotent). */
export const resumeDropletActions = (cloud: Cloud): void => {
  for (const action of cloud.state.actions.filter(
    (one) => one.status === "in-progress" && one.resource_type === "droplet",
  )) {
    const droplet = cloud.state.droplets.find((one) => one.id === action.resource_id);
    if (!droplet) {
      // Its machine has no record any more and is destroyed as the daemon starts.
      action.status = action.type === "destroy" ? "completed" : "errored";
      action.completed_at = action.started_at;
    } else if (action.type === "create")
      queueAction(cloud, droplet, action, () => boot(cloud, droplet));
    else if (action.type === "backup")
      queueAction(cloud, droplet, action, () =>
        takeSnapshot(cloud, droplet, "backup", `${droplet.name} ${action.started_at.slice(0, 10)}`),
      );
    else {
      const wanted = dropletAction.parse(action.request);
      queueAction(cloud, droplet, action, () => perform(cloud, droplet, wanted));
    }
  }
};
