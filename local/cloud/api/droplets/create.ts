import { z } from "zod";

import type { DropletRecord, VolumeRecord } from "../../records/machines";
import type { VpcRecord } from "../../records/network";
import { freeAddresses, macOf, takeAddresses, takePrivateAddress } from "../addresses";
import { baseImage, findSize, isDistribution, regionSlugs, type Size } from "../catalog";
import { timestamp, type Cloud } from "../cloud";
import { notEmulated, unprocessable } from "../errors";
import { findImage, type FoundImage } from "../images/images";
import { findSshKey } from "../ssh-keys";
import { tagName, useTags } from "../tags";
import { checkIdle } from "../volumes/idle";
import { defaultVpc } from "../vpcs/routes";
import { backupPolicy, policySchema } from "./backup-policy";

/** DigitalOcean's default for a new account is lower; 100 droplets have to fit here. */
export const DROPLET_LIMIT = 150;

export const hostName = z
  .string()
  .max(255)
  .regex(
    /^[a-zA-Z0-9]?[a-z0-9A-Z.-]*[a-z0-9A-Z]$/,
    "Only valid hostname characters are allowed. (a-z, A-Z, 0-9, . and -)",
  );
/** An id, or an object with one, or with a name, as DigitalOcean's Go client sends them. */
const volumeReference = z.union([
  z.string(),
  z
    .object({ id: z.string().nullish(), name: z.string().nullish() })
    .refine(({ id, name }) => id || name, "id or name is required"),
]);
type VolumeReference = z.infer<typeof volumeReference>;
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
    volumes: z.array(volumeReference).nullish(),
    public_networking: z.boolean().nullish(),
  })
  .refine(
    (wanted) => (wanted.name === undefined) !== (wanted.names === undefined),
    "Name or names is required, not both.",
  );
export type DropletRequest = z.infer<typeof dropletRequest>;

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

/** A name is one within its region only. */
const chooseVolume = ({ store }: Cloud, asked: VolumeReference, region: string): VolumeRecord => {
  const { id = undefined, name = undefined } = typeof asked === "string" ? { id: asked } : asked;
  const volume = id
    ? store.volumes.get(id)
    : store.volumes.find((one) => one.name === name && one.region === region);
  if (!volume || volume.region !== region)
    throw unprocessable(`volumes: ${id || name} is not a volume of ${region}`);
  if (volume.droplet_ids.length)
    throw unprocessable(`volumes: ${id || name} is attached to another droplet`);
  return volume;
};

const chooseVolumes = (cloud: Cloud, wanted: DropletRequest, region: string): string[] => {
  const asked = wanted.volumes ?? [];
  if (asked.length && !cloud.hypervisor.attachVolume)
    throw notEmulated("Attaching volumes to machines");
  if (asked.length && wanted.names)
    throw unprocessable("Volumes can't be attached to several droplets.");
  const volumes = asked.map((one) => chooseVolume(cloud, one, region));
  for (const volume of volumes) checkIdle(cloud, volume);
  return [...new Set(volumes.map(({ id }) => id))];
};

const chooseVpc = (cloud: Cloud, wanted: DropletRequest, region: string): VpcRecord => {
  if (!wanted.vpc_uuid) return defaultVpc(cloud, region);
  const vpc = cloud.store.vpcs.get(wanted.vpc_uuid);
  if (!vpc || vpc.region !== region)
    throw unprocessable("vpc_uuid: no such VPC in the droplet's region");
  return vpc;
};

const chooseKeys = ({ store }: Cloud, wanted: DropletRequest): number[] => {
  const asked = wanted.ssh_keys ?? [];
  const known = asked.map((key) => findSshKey(store.state, key)?.id);
  const unknown = asked.filter((_, at) => known[at] === undefined);
  if (unknown.length)
    throw unprocessable(`${unknown.join(", ")} are invalid key identifiers for Droplet creation.`);
  return [...new Set(known.filter((id) => id !== undefined))];
};

const choose = (cloud: Cloud, wanted: DropletRequest): Chosen => {
  const region = wanted.region || "fra1";
  if (!regionSlugs.includes(region))
    throw unprocessable("You specified an invalid region for Droplet creation.");
  const size = findSize(wanted.size);
  if (!size) throw unprocessable("You specified an invalid size for Droplet creation.");
  const image = findImage(cloud.store.state, wanted.image);
  if (!image && typeof wanted.image === "string" && isDistribution(wanted.image))
    throw unprocessable(
      `You specified an invalid image for Droplet creation: the local DigitalOcean boots ${baseImage.slug} alone, not ${wanted.image}.`,
    );
  if (!image || (image.regions && !image.regions.includes(region)))
    throw unprocessable("You specified an invalid image for Droplet creation.");
  if (image.minDisk > size.disk)
    throw unprocessable("The image you specified needs a larger disk than this size has.");
  const keys = chooseKeys(cloud, wanted);
  if (wanted.public_networking === false && wanted.ipv6)
    throw unprocessable("ipv6: a droplet without public networking has no IPv6 address.");
  checkUserData(wanted.user_data ?? "");
  const vpc = chooseVpc(cloud, wanted, region);
  return {
    size,
    image,
    region,
    keys,
    vpc,
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

const addDroplet = (
  cloud: Cloud,
  wanted: DropletRequest,
  chosen: Chosen,
  { name, tags }: Pick<DropletRecord, "name" | "tags">,
): DropletRecord => {
  const { store } = cloud;
  const id = store.nextId();
  const { ipv6, ...addresses } = takeAddresses(store);
  for (const volume of store.volumes.filter((one) => chosen.volumes.includes(one.id)))
    store.volumes.update(volume, { droplet_ids: [id] });
  return store.droplets.insert({
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
    private_ipv4: takePrivateAddress(store.state, chosen.vpc),
    mac: macOf(id),
    memory: chosen.size.memory,
    vcpus: chosen.size.vcpus,
    disk: chosen.size.disk,
    backup_policy: wanted.backups ? backupPolicy(wanted.backup_policy) : null,
    ...(wanted.public_networking === false ? { public_networking: false } : {}),
  });
};

/** Checks everything first: either all the droplets are recorded or none is. */
export const addDroplets = (cloud: Cloud, wanted: DropletRequest): DropletRecord[] => {
  const { store } = cloud;
  const chosen = choose(cloud, wanted);
  const names = wanted.names ?? [wanted.name!];
  if (store.droplets.all().length + names.length > DROPLET_LIMIT)
    throw unprocessable("creating this/these droplet(s) will exceed your droplet limit");
  if (names.length > freeAddresses(store.state, chosen.vpc))
    throw unprocessable(`the VPC "${chosen.vpc.name}" has not that many free addresses`);
  const tags = useTags(store, wanted.tags ?? []);
  return names.map((name) => addDroplet(cloud, wanted, chosen, { name, tags }));
};
