// Droplets, what is done to them, and what is kept of them.
import type { BackupPolicy as ApiBackupPolicy } from "@second-server/digitalocean-api/types";

type Policy = NonNullable<ApiBackupPolicy["backup_policy"]>;
export interface BackupPolicy {
  readonly plan: NonNullable<Policy["plan"]>;
  readonly weekday?: Policy["weekday"];
  readonly hour: NonNullable<Policy["hour"]>;
}

export interface DropletRecord {
  readonly id: number;
  readonly name: string;
  readonly region: string;
  readonly size: string;
  readonly image: string | number;
  readonly status: "new" | "active" | "off" | "archive";
  readonly locked: boolean;
  readonly created_at: string;
  readonly tags: readonly string[];
  readonly ssh_keys: readonly number[];
  readonly user_data: string;
  readonly features: readonly string[];
  readonly vpc_uuid: string;
  readonly volume_ids: readonly string[];
  readonly ipv4: string;
  readonly anchor_ipv4: string;
  readonly private_ipv4: string;
  readonly ipv6: string | null;
  readonly mac: string;
  readonly memory: number;
  readonly vcpus: number;
  readonly disk: number;
  readonly backup_policy: BackupPolicy | null;
  /**
   * False: only the private network, and of the addresses above only the private one is its own.
   */
  readonly public_networking?: boolean;
}

export interface ActionRecord {
  readonly id: number;
  readonly status: "in-progress" | "completed" | "errored";
  readonly type: string;
  readonly started_at: string;
  readonly completed_at: string | null;
  readonly resource_id: number | string;
  readonly resource_type: string;
  readonly region_slug: string | null;
  /** What was asked, so that a daemon that died in the middle can do it again. */
  readonly request?: Record<string, unknown>;
  /** Why it errored; shown by the console, DigitalOcean has no field for it. */
  readonly error?: string;
}

/**
 * A droplet's snapshot or backup, which DigitalOcean shows as an image and as a snapshot under the
 * same number, or a custom image.
 */
export interface SnapshotRecord {
  readonly id: number;
  readonly name: string;
  readonly kind: "snapshot" | "backup" | "custom";
  readonly droplet_id: number | null;
  readonly regions: readonly string[];
  readonly created_at: string;
  readonly min_disk_size: number;
  readonly size_gigabytes: number;
  readonly tags: readonly string[];
  readonly description: string;
  readonly status: "NEW" | "pending" | "available" | "deleted";
  /** Of custom images; one that could not be imported is "deleted", and says why. */
  readonly url?: string;
  readonly distribution?: string;
  readonly error_message?: string;
}

export interface VolumeRecord {
  readonly id: string;
  readonly name: string;
  readonly region: string;
  readonly description: string;
  readonly size_gigabytes: number;
  readonly created_at: string;
  readonly droplet_ids: readonly number[];
  readonly tags: readonly string[];
  readonly filesystem_type: string;
  readonly filesystem_label: string;
}

export interface VolumeSnapshotRecord {
  readonly id: string;
  readonly name: string;
  readonly volume_id: string;
  readonly region: string;
  readonly created_at: string;
  readonly min_disk_size: number;
  readonly size_gigabytes: number;
  readonly tags: readonly string[];
}
