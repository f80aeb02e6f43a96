import type { ActiveFault } from "./faults/registry";

/**
 * What the local DigitalOcean remembers, in one JSON file. Shapes are DigitalOcean's where the API
 * shows them; derived fields (a droplet's image, region, size objects) are filled in by the API
 * room. Everything is read-only: changes go through the store, which brings them to disk.
 */

export interface BackupPolicy {
  readonly plan: "daily" | "weekly";
  readonly weekday?: string;
  readonly hour: number;
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
export interface ReservedIpRecord {
  readonly ip: string;
  readonly region: string;
  readonly droplet_id: number | null;
  readonly locked: boolean;
}
export interface ReservedIpv6Record {
  readonly ip: string;
  readonly region: string;
  readonly reserved_at: string;
  readonly droplet_id: number | null;
  readonly locked: boolean;
}
export interface SshKeyRecord {
  readonly id: number;
  readonly name: string;
  readonly fingerprint: string;
  readonly public_key: string;
}
export interface DomainRecord {
  readonly name: string;
  readonly ttl: number;
}
export interface DnsRecord {
  readonly id: number;
  readonly domain: string;
  readonly type: string;
  readonly name: string;
  readonly data: string;
  readonly priority: number | null;
  readonly port: number | null;
  readonly ttl: number;
  readonly weight: number | null;
  readonly flags: number | null;
  readonly tag: string | null;
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

export interface RuleEnds {
  readonly addresses?: readonly string[];
  readonly droplet_ids?: readonly number[];
  readonly tags?: readonly string[];
  readonly load_balancer_uids?: readonly string[];
  readonly kubernetes_ids?: readonly string[];
}
export interface RuleRecord {
  readonly protocol: "tcp" | "udp" | "icmp";
  readonly ports: string;
  readonly ends: RuleEnds;
}
export interface FirewallRecord {
  readonly id: string;
  readonly name: string;
  readonly status: "waiting" | "succeeded" | "failed";
  readonly created_at: string;
  readonly inbound: readonly RuleRecord[];
  readonly outbound: readonly RuleRecord[];
  readonly droplet_ids: readonly number[];
  readonly tags: readonly string[];
  readonly pending_changes: readonly { droplet_id: number; removing: boolean; status: string }[];
}
export interface ProjectRecord {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly purpose: string;
  readonly environment: "" | "Development" | "Staging" | "Production";
  readonly is_default: boolean;
  readonly created_at: string;
  readonly updated_at: string;
  readonly resources: readonly { urn: string; assigned_at: string }[];
}
export interface VpcRecord {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly region: string;
  readonly ip_range: string;
  readonly default: boolean;
  readonly created_at: string;
}
export interface VpcPeeringRecord {
  readonly id: string;
  readonly name: string;
  readonly vpc_ids: readonly [string, string];
  readonly created_at: string;
  readonly status: "PROVISIONING" | "ACTIVE" | "DELETING";
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
export interface UptimeAlertRecord {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly threshold?: number;
  readonly comparison?: string;
  readonly period?: string;
  readonly notifications: {
    email: readonly string[];
    slack: readonly { channel: string; url: string }[];
  };
  /** Since when what it is about has been so, and whether that was told; not shown. */
  readonly held_since?: string;
  readonly triggered?: boolean;
}
export interface UptimeStateRecord {
  readonly status: "UP" | "DOWN";
  readonly since: string;
  readonly cause: string;
  readonly milliseconds: number | null;
  readonly certificate_until: string | null;
  /** The last outage that is over. */
  readonly outage: { started_at: string; ended_at: string } | null;
  readonly days: readonly { day: string; up: number; total: number }[];
}
/** Without a state: not probed yet. */
export interface UptimeCheckRecord {
  readonly id: string;
  readonly name: string;
  readonly type: "ping" | "http" | "https";
  readonly target: string;
  readonly regions: readonly string[];
  readonly enabled: boolean;
  readonly alerts: readonly UptimeAlertRecord[];
  readonly state?: UptimeStateRecord;
}
export interface AlertPolicyRecord {
  readonly uuid: string;
  readonly type: string;
  readonly description: string;
  readonly compare: string;
  readonly value: number;
  readonly window: string;
  readonly entities: readonly string[];
  readonly tags: readonly string[];
  readonly enabled: boolean;
  readonly alerts: { email: readonly string[]; slack: readonly { channel: string; url: string }[] };
  /** The droplets that it holds for at the moment; not shown. */
  readonly firing?: readonly number[];
}
/** What opens the API; its value is kept nowhere, only what it is known again by. */
export interface TokenRecord {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly sha256: string;
  readonly created_at: string;
  /** Null: never. */
  readonly expires_at: string | null;
}

/** What a line of each collection of the records file is. */
export interface RecordTypes {
  droplets: DropletRecord;
  actions: ActionRecord;
  sshKeys: SshKeyRecord;
  reservedIps: ReservedIpRecord;
  reservedIpv6: ReservedIpv6Record;
  domains: DomainRecord;
  dnsRecords: DnsRecord;
  firewalls: FirewallRecord;
  projects: ProjectRecord;
  vpcs: VpcRecord;
  vpcPeerings: VpcPeeringRecord;
  snapshots: SnapshotRecord;
  volumes: VolumeRecord;
  volumeSnapshots: VolumeSnapshotRecord;
  uptimeChecks: UptimeCheckRecord;
  alertPolicies: AlertPolicyRecord;
  tokens: TokenRecord;
  /** In force, as they were asked for. */
  faults: ActiveFault;
}
export type CollectionName = keyof RecordTypes;

/** By what a record is found. */
export const keyOf: {
  readonly [Name in CollectionName]: (record: RecordTypes[Name]) => string | number;
} = {
  droplets: ({ id }) => id,
  actions: ({ id }) => id,
  sshKeys: ({ id }) => id,
  reservedIps: ({ ip }) => ip,
  reservedIpv6: ({ ip }) => ip,
  domains: ({ name }) => name,
  dnsRecords: ({ id }) => id,
  firewalls: ({ id }) => id,
  projects: ({ id }) => id,
  vpcs: ({ id }) => id,
  vpcPeerings: ({ id }) => id,
  snapshots: ({ id }) => id,
  volumes: ({ id }) => id,
  volumeSnapshots: ({ id }) => id,
  uptimeChecks: ({ id }) => id,
  alertPolicies: ({ uuid }) => uuid,
  tokens: ({ id }) => id,
  faults: ({ id }) => id,
};

/** The records file. Only the store changes it. */
export type CloudState = {
  readonly [Name in CollectionName]: readonly RecordTypes[Name][];
} & {
  readonly format: 1;
  readonly nextId: number;
  /**
   * Last number given out of the public range; numbers are not given again before the range has
   * gone round.
   */
  readonly lastAddress: number;
  /** The same of reserved IPs; undefined before the first. */
  readonly lastReserved?: number;
  /** Limits of the account that the lab's owner has set, by the names that GET /v2/account has. */
  readonly limits?: Readonly<Record<string, number>>;
  /** SOA serial. */
  readonly serial: number;
  readonly account: { readonly uuid: string; readonly email: string };
  readonly tags: readonly string[];
};
