import type { DropletRecord } from "../../records/machines";
import { ipv6Of } from "../addresses";
import { findSize } from "../catalog";
import type { Cloud } from "../cloud";
import { found } from "../errors";
import { findImage } from "../images/images";
import { takeSnapshot } from "../images/keep";
import type { DropletAction } from "./action-request";
import { backupPolicy } from "./backup-policy";
import { machineSpec, settled } from "./machine";
import { resetPassword } from "./password";

type PowerAction = "power_on" | "power_off" | "shutdown" | "reboot" | "power_cycle";

const resize = async (
  cloud: Cloud,
  droplet: DropletRecord,
  slug: string,
  disk: boolean,
): Promise<void> => {
  const size = found(findSize(slug));
  await cloud.hypervisor.resize(droplet.id, {
    memoryMiB: size.memory,
    vcpus: size.vcpus,
    ...(disk ? { diskGiB: size.disk } : {}),
  });
  cloud.store.droplets.update(droplet, {
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
  const id = findImage(cloud.store.state, image)?.id;
  if (id === undefined) throw new Error(`image ${image} was deleted meanwhile`);
  await cloud.hypervisor.rebuild(machineSpec(cloud, droplet, id));
  cloud.store.droplets.update(droplet, { image: id });
  return settled(cloud, droplet);
};

const withFeature = ({ features }: DropletRecord, feature: string): string[] => [
  feature,
  ...features.filter((one) => one !== feature),
];
const withoutFeature = ({ features }: DropletRecord, feature: string): string[] =>
  features.filter((one) => one !== feature);

/**
 * The address is there and routed; telling a system that runs already about it is its owner's, as
 * at DigitalOcean.
 */
const enableIpv6 = async (cloud: Cloud, droplet: DropletRecord): Promise<void> => {
  const address = ipv6Of(droplet.ipv4);
  await cloud.hypervisor.enableIpv6?.(droplet.id, address);
  cloud.store.droplets.update(droplet, {
    ipv6: address,
    features: withFeature(droplet, "ipv6"),
  });
  await cloud.network.apply();
};

const performPower = async (
  cloud: Cloud,
  { id }: DropletRecord,
  type: PowerAction,
): Promise<void> => {
  const { hypervisor } = cloud;
  switch (type) {
    case "power_on":
      return hypervisor.powerOn(id);
    case "power_off":
      return hypervisor.powerOff(id);
    case "shutdown":
      return hypervisor.shutdown(id, 60);
    case "reboot":
      return hypervisor.reboot(id);
    case "power_cycle":
      await hypervisor.powerOff(id);
      return hypervisor.powerOn(id);
  }
};

export const perform = async (
  cloud: Cloud,
  droplet: DropletRecord,
  wanted: DropletAction,
): Promise<void | (() => void)> => {
  const { droplets } = cloud.store;
  switch (wanted.type) {
    case "power_on":
    case "power_off":
    case "shutdown":
    case "reboot":
    case "power_cycle":
      await performPower(cloud, droplet, wanted.type);
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
      droplets.update(droplet, { name: wanted.name });
      return;
    case "enable_ipv6":
      return enableIpv6(cloud, droplet);
    case "enable_backups":
      droplets.update(droplet, {
        backup_policy: backupPolicy(wanted.backup_policy),
        features: withFeature(droplet, "backups"),
      });
      return;
    case "change_backup_policy":
      droplets.update(droplet, { backup_policy: backupPolicy(wanted.backup_policy) });
      return;
    case "disable_backups":
      droplets.update(droplet, {
        backup_policy: null,
        features: withoutFeature(droplet, "backups"),
      });
      return;
    case "password_reset":
      return resetPassword(cloud, droplet);
    case "change_kernel":
      return;
    default:
      wanted satisfies never;
  }
};
