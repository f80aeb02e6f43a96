import type { ActiveFault } from "./faults/registry";
import type { ProjectRecord, SshKeyRecord, TokenRecord } from "./records/account";
import type {
  ActionRecord,
  DropletRecord,
  SnapshotRecord,
  VolumeRecord,
  VolumeSnapshotRecord,
} from "./records/machines";
import type { AlertPolicyRecord, UptimeCheckRecord } from "./records/monitoring";
import type {
  DnsRecord,
  DomainRecord,
  FirewallRecord,
  ReservedIpRecord,
  ReservedIpv6Record,
  VpcPeeringRecord,
  VpcRecord,
} from "./records/network";

/**
 * What the local DigitalOcean remembers, in one JSON file. Shapes are DigitalOcean's where the API
 * shows them; derived fields (a droplet's image, region, size objects) are filled in by the API
 * room. Everything is read-only: changes go through the store, which brings them to disk.
 */

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
