import type { MachineSpec, VolumeSpec } from "../../machines/spec";
import { dropletKey } from "../../queue";
import type { ActionRecord, DropletRecord, VolumeRecord } from "../../records/machines";
import { actionsUnderWay, beginAction, carryOut, type Work } from "../actions";
import type { Cloud } from "../cloud";
import { findImage, snapshotKey } from "../images/images";
import { privateRange } from "./view";

export const stillThere = (cloud: Cloud, droplet: DropletRecord): boolean =>
  cloud.store.droplets.get(droplet.id) === droplet;

export const machineSpec = (
  cloud: Cloud,
  droplet: DropletRecord,
  image: string | number = droplet.image,
): MachineSpec => {
  const found = findImage(cloud.store.state, image);
  if (!found) throw new Error(`image ${image} is gone`);
  return {
    dropletId: droplet.id,
    name: droplet.name,
    region: droplet.region,
    memoryMiB: droplet.memory,
    vcpus: droplet.vcpus,
    diskGiB: droplet.disk,
    image: found.key,
    userData: droplet.user_data,
    publicKeys: cloud.store.sshKeys
      .filter((key) => droplet.ssh_keys.includes(key.id))
      .map((key) => key.public_key),
    networks: {
      mac: droplet.mac,
      ipv4: droplet.ipv4,
      anchorIpv4: droplet.anchor_ipv4,
      privateIpv4: droplet.private_ipv4,
      vpc: droplet.vpc_uuid,
      privatePrefix: privateRange(cloud.store.state, droplet).bits,
      ...(droplet.public_networking === false ? { privateOnly: true } : {}),
      ...(droplet.ipv6 ? { ipv6: droplet.ipv6 } : {}),
    },
  };
};

/** What the machine has come to: it may have lost its power by itself meanwhile. */
export const settled = (cloud: Cloud, droplet: DropletRecord) => (): void => {
  const status = cloud.hypervisor.power(droplet.id) === "on" ? "active" : "off";
  cloud.store.droplets.update(droplet, { status });
};

export const volumeSpec = ({
  id,
  name,
  size_gigabytes,
  filesystem_type,
  filesystem_label,
}: VolumeRecord): VolumeSpec => ({
  id,
  name,
  sizeGiB: size_gigabytes,
  filesystem: filesystem_type,
  label: filesystem_label,
});

export const boot = async (cloud: Cloud, droplet: DropletRecord): Promise<() => void> => {
  // The firewall is there before the machine: at no time is it uncovered.
  await cloud.network.apply();
  await cloud.hypervisor.create(
    machineSpec(cloud, droplet),
    cloud.store.volumes.filter((volume) => droplet.volume_ids.includes(volume.id)).map(volumeSpec),
  );
  await cloud.network.apply();
  return settled(cloud, droplet);
};

/**
 * Carries out an action (begun already) after all earlier ones of the same droplet, and lifts the
 * droplet's lock.
 */
export const queueAction = (
  cloud: Cloud,
  droplet: DropletRecord,
  action: ActionRecord,
  work: Work,
): void => {
  const { droplets } = cloud.store;
  droplets.update(droplet, { locked: true });
  void cloud.jobs.run(dropletKey(droplet.id), async () => {
    await carryOut(cloud, action, async () => {
      if (!stillThere(cloud, droplet)) throw new Error("the droplet was deleted meanwhile");
      return work();
    });
    // A droplet that never came up must not stay "new": clients would wait for it for an hour.
    const status = droplet.status === "new" ? "off" : droplet.status;
    droplets.update(droplet, { locked: false, status });
  });
};

export const beginDropletAction = (
  cloud: Cloud,
  droplet: DropletRecord,
  type: string,
  request: Record<string, unknown>,
): ActionRecord =>
  beginAction(cloud, {
    type,
    resource_id: droplet.id,
    resource_type: "droplet",
    region_slug: droplet.region,
    request,
  });

/** What waits for a machine's sshd, for a minute where none will ever answer. */
const BOOTS: readonly string[] = ["create", "power_on", "power_cycle", "reboot", "rebuild"];

const interruptBoot = (cloud: Cloud, { id }: DropletRecord): void => {
  const boots = actionsUnderWay(cloud, "droplet").some(
    ({ resource_id, type }) => resource_id === id && BOOTS.includes(type),
  );
  if (boots)
    cloud.hypervisor
      .interrupt?.(id)
      .catch((error: Error) => cloud.log(`droplet ${id}: its boot goes on: ${error.message}`));
};

/**
 * Gone from the records at once; the machine is taken down after whatever is being done to it now.
 * Resolves then.
 */
export const removeDroplet = (cloud: Cloud, droplet: DropletRecord): Promise<void> => {
  const { store } = cloud;
  store.droplets.remove((one) => one === droplet);
  for (const { forgetDroplet } of cloud.resources) forgetDroplet?.(store, droplet);
  const backups = store.snapshots.remove(
    (one) => one.kind === "backup" && one.droplet_id === droplet.id,
  );
  cloud.faults.forget(droplet.id);
  interruptBoot(cloud, droplet);
  const action = beginDropletAction(cloud, droplet, "destroy", {});
  return cloud.jobs.run(dropletKey(droplet.id), async () => {
    await carryOut(cloud, action, async () => {
      await cloud.hypervisor.destroy(droplet.id);
      for (const backup of backups) await cloud.hypervisor.deleteSnapshot(snapshotKey(backup.id));
      await cloud.network.apply();
    });
  });
};
