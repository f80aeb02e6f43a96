import { z } from "zod";

import { messageOf } from "../../caught";
import type { SnapshotRecord } from "../../records/machines";
import { regionSlugs } from "../catalog";
import { timestamp, type Api, type Cloud } from "../cloud";
import { notEmulated, unprocessable } from "../errors";
import { body, nameText } from "../request";
import { tagName, useTags } from "../tags";
import { imageKey } from "./actions";
import { snapshotImageView, snapshotKey } from "./images";
import { gigabytes } from "./keep";

const distributions = [
  "Arch Linux",
  "CentOS",
  "CoreOS",
  "Debian",
  "Fedora",
  "Fedora Atomic",
  "FreeBSD",
  "Gentoo",
  "openSUSE",
  "RancherOS",
  "Rocky Linux",
  "Ubuntu",
  "Unknown OS",
];
/** What DigitalOcean doesn't know it takes, and calls so. */
export const distribution = z
  .string()
  .transform((name) => (distributions.includes(name) ? name : "Unknown"));

const isWeb = (text: string): boolean =>
  URL.canParse(text) && ["http:", "https:"].includes(new URL(text).protocol);
const newImage = z.object({
  name: nameText,
  url: z.string().max(2_048).refine(isWeb, "must be an http:// or https:// URL"),
  region: z.string().refine((slug) => regionSlugs.includes(slug), "is not a region"),
  distribution: distribution.nullish(),
  description: z.string().max(1_000).nullish(),
  tags: z.array(tagName).nullish(),
});

const LIMIT = 100;

const fetchImage = async (cloud: Cloud, image: SnapshotRecord): Promise<void> => {
  const { store, hypervisor } = cloud;
  const { snapshots } = store;
  const there = (): boolean => snapshots.get(image.id) === image;
  if (!there()) return;
  snapshots.update(image, { status: "pending" });
  try {
    if (!hypervisor.importImage || !image.url) throw new Error("there is nothing to import it");
    const { bytes, diskGiB } = await hypervisor.importImage(image.url, snapshotKey(image.id));
    snapshots.update(image, {
      status: "available",
      min_disk_size: diskGiB,
      size_gigabytes: gigabytes(bytes),
    });
    // Deleted while it came: nobody else would remove it.
    if (!there()) await hypervisor.deleteSnapshot(snapshotKey(image.id));
  } catch (error) {
    const error_message = messageOf(error);
    snapshots.update(image, { status: "deleted", error_message });
    cloud.log(`image ${image.id} "${image.name}": ${error_message}`);
  }
};
const queue = (cloud: Cloud, image: SnapshotRecord): void => {
  void cloud.jobs.run(imageKey(image.id), () => fetchImage(cloud, image));
};

export const customImageRoutes = (cloud: Cloud, api: Api): void => {
  const { store, hypervisor } = cloud;
  api.post("/images", async (c) => {
    const wanted = await body(c, newImage);
    if (!hypervisor.importImage) throw notEmulated("POST /v2/images (custom images)");
    if (store.snapshots.filter((one) => one.kind === "custom").length >= LIMIT)
      throw unprocessable(`You have reached the limit of ${LIMIT} custom images.`);
    const image = store.snapshots.insert({
      id: store.nextId(),
      name: wanted.name,
      kind: "custom",
      droplet_id: null,
      regions: [wanted.region],
      created_at: timestamp(cloud),
      min_disk_size: 0,
      size_gigabytes: 0,
      tags: useTags(store, wanted.tags ?? []),
      description: wanted.description ?? "",
      status: "NEW",
      url: wanted.url,
      distribution: wanted.distribution ?? "Unknown",
    });
    const answer = c.json({ image: snapshotImageView(image) }, 202);
    queue(cloud, image);
    return answer;
  });
};

/** After a daemon's death. */
export const resumeImports = (cloud: Cloud): void => {
  for (const image of cloud.store.snapshots.all())
    if (image.kind === "custom" && (image.status === "NEW" || image.status === "pending"))
      queue(cloud, image);
};
