import type { Answer, Image, Region, Size as ApiSize } from "@second-server/digitalocean-api/types";

/**
 * DigitalOcean's own offers: what this cloud sells under the same names and at the same prices
 * (August 2026).
 */

export interface Size {
  readonly slug: string;
  readonly memory: number;
  readonly vcpus: number;
  readonly disk: number;
  readonly transfer: number;
  readonly price_monthly: number;
  readonly description: string;
}

const size = (
  slug: string,
  memory: number,
  vcpus: number,
  disk: number,
  transfer: number,
  price_monthly: number,
  description = "Basic",
): Size => ({
  slug,
  memory,
  vcpus,
  disk,
  transfer,
  price_monthly,
  description,
});

export const sizes: readonly Size[] = [
  size("s-1vcpu-512mb-10gb", 512, 1, 10, 0.5, 4),
  size("s-1vcpu-1gb", 1024, 1, 25, 1, 6),
  size("s-1vcpu-1gb-amd", 1024, 1, 25, 1, 7, "Basic AMD"),
  size("s-1vcpu-1gb-intel", 1024, 1, 25, 1, 7, "Basic Intel"),
  size("s-1vcpu-2gb", 2048, 1, 50, 2, 12),
  size("s-1vcpu-2gb-amd", 2048, 1, 50, 2, 14, "Basic AMD"),
  size("s-1vcpu-2gb-intel", 2048, 1, 50, 2, 14, "Basic Intel"),
  size("s-2vcpu-2gb", 2048, 2, 60, 3, 18),
  size("s-2vcpu-2gb-amd", 2048, 2, 60, 3, 21, "Basic AMD"),
  size("s-2vcpu-2gb-intel", 2048, 2, 60, 3, 21, "Basic Intel"),
  size("s-2vcpu-4gb", 4096, 2, 80, 4, 24),
  size("s-2vcpu-4gb-amd", 4096, 2, 80, 4, 28, "Basic AMD"),
  size("s-2vcpu-4gb-intel", 4096, 2, 80, 4, 28, "Basic Intel"),
  size("s-4vcpu-8gb", 8192, 4, 160, 5, 48),
  size("s-4vcpu-8gb-amd", 8192, 4, 160, 5, 56, "Basic AMD"),
  size("s-4vcpu-8gb-intel", 8192, 4, 160, 5, 56, "Basic Intel"),
  size("s-8vcpu-16gb", 16384, 8, 320, 6, 96),
];

const regionNames: Readonly<Record<string, string>> = {
  nyc1: "New York 1",
  nyc3: "New York 3",
  ams3: "Amsterdam 3",
  sfo2: "San Francisco 2",
  sfo3: "San Francisco 3",
  sgp1: "Singapore 1",
  lon1: "London 1",
  fra1: "Frankfurt 1",
  tor1: "Toronto 1",
  blr1: "Bangalore 1",
  syd1: "Sydney 1",
};
export const regionSlugs: readonly string[] = Object.keys(regionNames);

/** A month is 672 hours to DigitalOcean's price list. */
const hourly = (monthly: number): number => Math.round((monthly / 672) * 1e5) / 1e5;

export type SizeAnswer = Answer<ApiSize, "gpu_info">;
export const findSize = (slug: string): Size | undefined => sizes.find((one) => one.slug === slug);
export const sizeView = (one: Size): SizeAnswer => ({
  ...one,
  price_hourly: hourly(one.price_monthly),
  regions: regionSlugs,
  available: true,
  disk_info: [{ type: "local", size: { amount: one.disk, unit: "gib" } }],
});
export const regionView = (slug: string): Answer<Region> => ({
  name: regionNames[slug] ?? slug,
  slug,
  features: ["backups", "ipv6", "metadata", "install_agent", "storage", "image_transfer"],
  available: slug in regionNames,
  sizes: sizes.map((one) => one.slug),
});

/** A custom image is of the distribution that its owner says. */
export type ImageAnswer = Answer<Image, "distribution" | "error_message" | "regions"> & {
  readonly distribution: string;
  readonly error_message?: string;
  readonly regions: readonly string[];
};

/** The one distribution image that this cloud can boot. */
export const baseImage = { id: 185_929_681, slug: "debian-13-x64" } as const;

/** Whether it reads as the slug of a distribution image that DigitalOcean has, or could have. */
export const isDistribution = (image: string): boolean =>
  /^[a-z][a-z0-9]*(-[a-z0-9.]+)+$/.test(image);

export const baseImageView = (): ImageAnswer => ({
  id: baseImage.id,
  name: "13 x64",
  distribution: "Debian",
  slug: baseImage.slug,
  public: true,
  regions: regionSlugs,
  created_at: "2025-08-20T00:00:00Z",
  min_disk_size: 7,
  // What DigitalOcean's provider finds (its acceptance test of a public slug), though the document
  // calls them "base".
  type: "snapshot",
  size_gigabytes: 0.9,
  description: "Debian 13 x64",
  tags: [],
  status: "available",
});
