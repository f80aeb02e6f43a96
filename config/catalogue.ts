import { TREES } from "@second-server/contract/paths";

/**
 * DigitalOcean's basic droplets: memory in MiB, disk in GiB, US dollars a month. Source: the public
 * price list, as GET /v2/sizes gives it (November 2026).
 */
export const SIZES: Readonly<
  Record<
    string,
    {
      readonly memoryMiB: number;
      readonly vcpus: number;
      readonly diskGiB: number;
      readonly monthlyUsd: number;
    }
  >
> = {
  "s-1vcpu-512mb-10gb": { memoryMiB: 512, vcpus: 1, diskGiB: 10, monthlyUsd: 4 },
  "s-1vcpu-1gb": { memoryMiB: 1024, vcpus: 1, diskGiB: 25, monthlyUsd: 6 },
  "s-1vcpu-2gb": { memoryMiB: 2048, vcpus: 1, diskGiB: 50, monthlyUsd: 12 },
  "s-2vcpu-2gb": { memoryMiB: 2048, vcpus: 2, diskGiB: 60, monthlyUsd: 18 },
  "s-2vcpu-4gb": { memoryMiB: 4096, vcpus: 2, diskGiB: 80, monthlyUsd: 24 },
  "s-4vcpu-8gb": { memoryMiB: 8192, vcpus: 4, diskGiB: 160, monthlyUsd: 48 },
};

export const REGIONS = [
  "ams3",
  "atl1",
  "blr1",
  "fra1",
  "lon1",
  "nyc1",
  "nyc2",
  "nyc3",
  "sfo2",
  "sfo3",
  "sgp1",
  "syd1",
  "tor1",
] as const;

/** What the rendered files and packages are written for. */
export const IMAGES = ["debian-13-x64"] as const;

/** Loopback ports that the machines use themselves. */
export const RESERVED_PORTS: Readonly<Record<number, string>> = {
  22: "sshd",
  80: "nginx",
  443: "nginx",
  8080: "the Observatory",
};

/** Chosen ports: below those that Linux gives to outgoing connections. */
export const PORTS = { first: 20_000, count: 10_000 };
/** Where visitors are taken while a service restarts: above those, and as far below. */
export const SPARE_PORTS = { first: 30_000, count: 2_700 };
export const STATUS_PORT = 8080;

/** Names that the machines use themselves, for units, trees, vhosts or host names. */
export const RESERVED_NAMES: readonly string[] = [
  "agent",
  ...Object.values(TREES),
  "observatory",
  "primary",
  "status",
  "watchdog",
  "watcher",
];
