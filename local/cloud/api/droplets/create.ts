import { z } from "zod";

import type { BackupPolicy, DropletRecord, VpcRecord } from "../../records";
import { limits } from "../account";
import { freeAddresses, macOf, takeAddresses, takePrivateAddress } from "../addresses";
import { findSize, regionSlugs, type Size } from "../catalog";
import { timestamp, type Cloud } from "../cloud";
import { notEmulated, unprocessable } from "../errors";
import { findImage, type FoundImage } from "../images";
import { optionalText } from "../request";
import { findSshKey } from "../ssh-keys";
import { tagName, useTags } from "../tags";
import { checkIdle } from "../volumes";
import { defaultVpc } from "../vpcs";

export const hostName = z
  .string()
  .max(255)
  .regex(
    /^[a-zA-Z0-9]?[a-z0-9A-Z.-]*[a-z0-9A-Z]$/,
    "Only valid hostname characters are allowed. (a-z, A-Z, 0-9, . and -)",
  );
export const policySchema = z.object({
  plan: z.enum(["daily", "weekly"]),
  weekday: optionalText(["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]),
  hour: z.union([0, 4, 8, 12, 16, 20].map((hour) => z.literal(hour))).optional(),
});
export const dropletRequest = z
  .object({
    name: hostName.optional(),
    names: z.array(hostName).min(1).max(10, "at most 10 droplets at once").optional(),
    region: z.string().optional(),
    size: z.string(),
    image: z.union([z.string(), z.number().int()]),
    ssh_keys: z.array(z.union([z.string(), z.number().int()])).nullish(),
    backups: z.boolean().nullish(),
    backup_policy: policySchema.nullish(),
    ipv6: z.boolean().nullish(),
    monitoring: z.boolean().nullish(),
    with_droplet_agent: z.boolean().nullish(),
    tags: z.array(tagName).nullish(),
    user_data: z.string().nullish(),
    vpc_uuid: z.string().nullish(),
    volumes: z.array(z.string()).nullish(),
    public_networking: z.boolean().nullish(),
  })
  .refine(
    (wanted) => (wanted.name === undefined) !== (wanted.names === undefined),
    "Name or names is required, not both.",
  );
export type DropletRequest = z.infer<typeof dropletRequest>;

/** What a policy leaves open is chosen, as DigitalOcean does. */
export const backupPolicy = (
  policy: z.infer<typeof policySchema> | null | undefined,
): BackupPolicy =>
  policy?.plan === "daily"
    ? { plan: "daily", hour: policy.hour ?? 20 }
    : { plan: "weekly", weekday: policy?.weekday ?? "SUN", hour: policy?.hour ?? 20 };

interface Chosen {
  readonly size: Size;
  readonly image: FoundImage;
  readonly region: string;
  readonly keys: number[];
  readonly vpc: VpcRecord;
  readonly volumes: string[];
}

const checkUserData = (text: string): void => {
  if (Buffer.byteLength(text) > 65_536)
    throw unprocessable("User data is too large: the limit is 64 KiB.");
};

const chooseVolumes = (cloud: Cloud, wanted: DropletRequest, region: string): string[] => {
  const ids = wanted.volumes ?? [];
  if (ids.length && !cloud.hypervisor.attachVolume)
    throw notEmulated("Attaching volumes to machines");
  if (ids.length && wanted.names)
    throw unprocessable("Volumes can't be attached to several droplets.");
  for (const id of ids) {
    const volume = cloud.state.volumes.find((one) => one.id === id);
    if (!volume || volume.region !== region)
      throw unprocessable(`volumes: ${id} is not a volume of ${region}`);
    if (volume.droplet_ids.length)
      throw unprocessable(`volumes: ${id} is attached to another droplet`);
    checkIdle(cloud, volume);
  }
  return [...new Set(ids)];
};

const chooseVpc = (cloud: Cloud, wanted: DropletRequest, region: string): VpcRecord => {
  if (!wanted.vpc_uuid) return defaultVpc(cloud, region);
  const vpc = cloud.state.vpcs.find((one) => one.id === wanted.vpc_uuid);
  if (!vpc || vpc.region !== region)
    throw unprocessable("vpc_uuid: no such VPC in the droplet's region");
  return vpc;
};

const choose = (cloud: Cloud, wanted: DropletRequest): Chosen => {
  const region = wanted.region || "fra1";
  if (!regionSlugs.includes(region))
    throw unprocessable("You specified an invalid region for Droplet creation.");
  const size = findSize(wanted.size);
  if (!size) throw unprocessable("You specified an invalid size for Droplet creation.");
  const image = findImage(cloud.state, wanted.image);
  if (!image || (image.regions && !image.regions.includes(region)))
    throw unprocessable("You specified an invalid image for Droplet creation.");
  if (image.minDisk > size.disk)
    throw unprocessable("The image you specified needs a larger disk than this size has.");
  const keys = (wanted.ssh_keys ?? []).map((key) => findSshKey(cloud.state, key)?.id ?? key);
  const unknown = keys.filter((key) => typeof key === "string" || !findSshKey(cloud.state, key));
  if (unknown.length)
    throw unprocessable(`${unknown.join(", ")} are invalid key identifiers for Droplet creation.`);
  if (wanted.public_networking === false && wanted.ipv6)
    throw unprocessable("ipv6: a droplet without public networking has no IPv6 address.");
  checkUserData(wanted.user_data ?? "");
  return {
    size,
    image,
    region,
    keys: [...new Set(keys as number[])],
    vpc: chooseVpc(cloud, wanted, region),
    volumes: chooseVolumes(cloud, wanted, region),
  };
};

const features = (wanted: DropletRequest): string[] => [
  ...(wanted.backups ? ["backups"] : []),
  ...(wanted.with_droplet_agent === false ? [] : ["droplet_agent"]),
  ...(wanted.monitoring ? ["monitoring"] : []),
  ...(wanted.ipv6 ? ["ipv6"] : []),
  "private_networking",
];

/** Checks everything first: either all the droplets are recorded or none is. */
export const addDroplets = (cloud: Cloud, wanted: DropletRequest): DropletRecord[] => {
  const chosen = choose(cloud, wanted);
  const names = wanted.names ?? [wanted.name!];
  if (cloud.state.droplets.length + names.length > limits.droplets)
    throw unprocessable("creating this/these droplet(s) will exceed your droplet limit");
  if (names.length > freeAddresses(cloud.state, chosen.vpc))
    throw unprocessable(`the VPC "${chosen.vpc.name}" has not that many free addresses`);
  const tags = useTags(cloud.state, wanted.tags ?? []);
  return names.map((name) => {
    const id = cloud.store.nextId();
    const { ipv6, ...addresses } = takeAddresses(cloud.state);
    const droplet: DropletRecord = {
      id,
      name,
      region: chosen.region,
      size: chosen.size.slug,
      image: chosen.image.id,
      status: "new",
      locked: true,
      created_at: timestamp(cloud),
      tags: [...tags],
      ssh_keys: chosen.keys,
      user_data: wanted.user_data ?? "",
      features: features(wanted),
      vpc_uuid: chosen.vpc.id,
      volume_ids: chosen.volumes,
      ...addresses,
      ipv6: wanted.ipv6 ? ipv6 : null,
      private_ipv4: takePrivateAddress(cloud.state, chosen.vpc),
      mac: macOf(id),
      memory: chosen.size.memory,
      vcpus: chosen.size.vcpus,
      disk: chosen.size.disk,
      backup_policy: wanted.backups ? backupPolicy(wanted.backup_policy) : null,
      ...(wanted.public_networking === false ? { public_networking: false } : {}),
    };
    for (const volume of cloud.state.volumes)
      if (chosen.volumes.includes(volume.id)) volume.droplet_ids = [id];
    cloud.state.droplets.push(droplet);
    return droplet;
  });
};
