import { z } from "zod";

import type { SnapshotRecord } from "../records";
import { regionSlugs } from "./catalog";
import { timestamp, type Api, type Cloud } from "./cloud";
import { notEmulated, unprocessable } from "./errors";
import { imageKey } from "./image-actions";
import { snapshotImageView, snapshotKey } from "./images";
import { body, nameText } from "./request";
import { tagName, useTags } from "./tags";

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

const fetchIt = async (cloud: Cloud, image: SnapshotRecord): Promise<void> => {
  const there = (): boolean => cloud.state.snapshots.includes(image);
  if (!there()) return;
  image.status = "pending";
  await cloud.store.save();
  try {
    const { bytes, diskGiB } = await cloud.hypervisor.importImage!(
      image.url!,
      snapshotKey(image.id),
    );
    Object.assign(image, {
      status: "available",
      min_disk_size: diskGiB,
      size_gigabytes: Math.round((bytes / 2 ** 30) * 100) / 100,
    });
    // Deleted while it came: nobody else would remove it.
    if (!there()) await cloud.hypervisor.deleteSnapshot(snapshotKey(image.id));
  } catch (error) {
    Object.assign(image, { status: "deleted", error_message: (error as Error).message });
    cloud.log(`image ${image.id} "${image.name}": ${image.error_message}`);
  }
  await cloud.store.save();
};
const queue = (cloud: Cloud, image: SnapshotRecord): void => {
  void cloud.jobs.run(imageKey(image.id), () => fetchIt(cloud, image));
};

export const customImageRoutes = (cloud: Cloud, api: Api): void => {
  const { state, store, hypervisor } = cloud;
  api.post("/images", async (c) => {
    const wanted = await body(c, newImage);
    if (!hypervisor.importImage) throw notEmulated("POST /v2/images (custom images)");
    if (state.snapshots.filter((one) => one.kind === "custom").length >= 100)
      throw unprocessable("You have reached the limit of 100 custom images.");
    const image: SnapshotRecord = {
      id: store.nextId(),
      name: wanted.name,
      kind: "custom",
      droplet_id: null,
      regions: [wanted.region],
      created_at: timestamp(cloud),
      min_disk_size: 0,
      size_gigabytes: 0,
      tags: useTags(state, wanted.tags ?? []),
      description: wanted.description ?? "",
      status: "NEW",
      url: wanted.url,
      distribution: wanted.distribution ?? "Unknown",
    };
    state.snapshots.push(image);
    const answer = c.json({ image: snapshotImageView(image) }, 202);
    queue(cloud, image);
    return answer;
  });
};

/** After a daemon's death. */
export const resumeImports = (cloud: Cloud): void => {
  for (const image of cloud.state.snapshots)
    if (image.kind === "custom" && (image.status === "NEW" || image.status === "pending"))
      queue(cloud, image);
};
