import type { Answer, Droplet } from "@second-server/digitalocean-api/types";

import type { CloudState } from "../../records";
import type { DropletRecord } from "../../records/machines";
import { netmask, rangeOf, toAddress, type Range } from "../addresses";
import { type ImageAnswer, type SizeAnswer, findSize, regionView, sizeView } from "../catalog";
import { found } from "../errors";
import { imageView } from "../images/images";
import { weekdays, WINDOW_HOURS } from "./backup-policy";

export type DropletAnswer = Answer<Droplet, "gpu_info" | "image" | "size"> & {
  readonly size: SizeAnswer;
  readonly image: ImageAnswer;
};
type Networks = DropletAnswer["networks"];

export const privateRange = (state: CloudState, droplet: DropletRecord): Range =>
  rangeOf(found(state.vpcs.find((vpc) => vpc.id === droplet.vpc_uuid)).ip_range);

const privateNetwork = (state: CloudState, droplet: DropletRecord): Networks["v4"][number] => {
  const range = privateRange(state, droplet);
  return {
    ip_address: droplet.private_ipv4,
    netmask: netmask(range.bits),
    gateway: toAddress(range.base + 1),
    type: "private",
  };
};

/** A new droplet shows no address until it is up, as DigitalOcean's don't. */
const networks = (state: CloudState, droplet: DropletRecord): Networks => {
  if (droplet.status === "new") return { v4: [], v6: [] };
  if (droplet.public_networking === false) return { v4: [privateNetwork(state, droplet)], v6: [] };
  const v4: Networks["v4"] = [
    privateNetwork(state, droplet),
    { ip_address: droplet.ipv4, netmask: "255.255.255.0", gateway: "203.0.113.1", type: "public" },
  ];
  const reserved: Networks["v4"] = state.reservedIps
    .filter((one) => one.droplet_id === droplet.id)
    .map((one) => ({
      ip_address: one.ip,
      netmask: "255.255.255.0",
      gateway: "203.0.113.1",
      type: "public",
    }));
  const v6: Networks["v6"] = droplet.ipv6
    ? [{ ip_address: droplet.ipv6, netmask: 64, gateway: "2001:db8:0:1::1", type: "public" }]
    : [];
  return { v4: [...v4, ...reserved], v6 };
};

const snapshotIds = (
  state: CloudState,
  droplet: DropletRecord,
  kind: "snapshot" | "backup",
): number[] =>
  state.snapshots
    .filter((one) => one.droplet_id === droplet.id && one.kind === kind)
    .map((one) => one.id);

/** DigitalOcean makes a backup within the four hours after the policy's hour. */
export const nextBackupWindow = (
  droplet: DropletRecord,
  now: Date,
): DropletAnswer["next_backup_window"] => {
  const policy = droplet.backup_policy;
  if (!policy) return null;
  const start = new Date(now);
  start.setUTCHours(policy.hour, 0, 0, 0);
  while (
    start <= now ||
    (policy.plan === "weekly" && weekdays[start.getUTCDay()] !== policy.weekday)
  )
    start.setUTCDate(start.getUTCDate() + 1);
  const iso = (time: number): string => new Date(time).toISOString().replace(/\.\d+Z$/, "Z");
  return { start: iso(start.getTime()), end: iso(start.getTime() + WINDOW_HOURS * 3_600_000) };
};

export const dropletView = (
  state: CloudState,
  droplet: DropletRecord,
  now: Date,
): DropletAnswer => ({
  id: droplet.id,
  name: droplet.name,
  memory: droplet.memory,
  vcpus: droplet.vcpus,
  disk: droplet.disk,
  disk_info: [{ type: "local", size: { amount: droplet.disk, unit: "gib" } }],
  locked: droplet.locked,
  status: droplet.status,
  kernel: null,
  created_at: droplet.created_at,
  features: droplet.features,
  backup_ids: snapshotIds(state, droplet, "backup"),
  next_backup_window: nextBackupWindow(droplet, now),
  snapshot_ids: snapshotIds(state, droplet, "snapshot"),
  image: imageView(state, droplet.image),
  volume_ids: droplet.volume_ids,
  size: sizeView(found(findSize(droplet.size))),
  size_slug: droplet.size,
  networks: networks(state, droplet),
  region: regionView(droplet.region),
  tags: droplet.tags,
  vpc_uuid: droplet.vpc_uuid,
});
