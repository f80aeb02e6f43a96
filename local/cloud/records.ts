/** What the local DigitalOcean remembers. Shapes are DigitalOcean's where the API shows them; derived fields (a droplet's image, region, size objects) are filled in by the API room. */

export interface BackupPolicy {
  plan: "daily" | "weekly";
  weekday?: string;
  hour: number;
}
export interface DropletRecord {
  id: number;
  name: string;
  region: string;
  size: string;
  image: string | number;
  status: "new" | "active" | "off" | "archive";
  locked: boolean;
  created_at: string;
  tags: string[];
  ssh_keys: number[];
  user_data: string;
  features: string[];
  vpc_uuid: string;
  volume_ids: string[];
  ipv4: string;
  anchor_ipv4: string;
  private_ipv4: string;
  ipv6: string | null;
  mac: string;
  memory: number;
  vcpus: number;
  disk: number;
  backup_policy: BackupPolicy | null;
  /** False: only the private network, and of the addresses above only the private one is its own. */
  public_networking?: boolean;
}
export interface ReservedIpRecord {
  ip: string;
  region: string;
  droplet_id: number | null;
  locked: boolean;
}
export interface ReservedIpv6Record {
  ip: string;
  region: string;
  reserved_at: string;
  droplet_id: number | null;
  locked: boolean;
}
export interface SshKeyRecord {
  id: number;
  name: string;
  fingerprint: string;
  public_key: string;
}
export interface DomainRecord {
  name: string;
  ttl: number;
}
export interface DnsRecord {
  id: number;
  domain: string;
  type: string;
  name: string;
  data: string;
  priority: number | null;
  port: number | null;
  ttl: number;
  weight: number | null;
  flags: number | null;
  tag: string | null;
}
export interface ActionRecord {
  id: number;
  status: "in-progress" | "completed" | "errored";
  type: string;
  started_at: string;
  completed_at: string | null;
  resource_id: number | string;
  resource_type: string;
  region_slug: string | null;
  /** What was asked, so that a daemon that died in the middle can do it again. */
  request?: Record<string, unknown>;
  /** Why it errored; shown by the console, DigitalOcean has no field for it. */
  error?: string;
}

export interface RuleEnds {
  addresses?: string[];
  droplet_ids?: number[];
  tags?: string[];
  load_balancer_uids?: string[];
  kubernetes_ids?: string[];
}
export interface RuleRecord {
  protocol: "tcp" | "udp" | "icmp";
  ports: string;
  ends: RuleEnds;
}
export interface FirewallRecord {
  id: string;
  name: string;
  status: "waiting" | "succeeded" | "failed";
  created_at: string;
  inbound: RuleRecord[];
  outbound: RuleRecord[];
  droplet_ids: number[];
  tags: string[];
  pending_changes: { droplet_id: number; removing: boolean; status: string }[];
}
export interface ProjectRecord {
  id: string;
  name: string;
  description: string;
  purpose: string;
  environment: "Development" | "Staging" | "Production";
  is_default: boolean;
  created_at: string;
  updated_at: string;
  resources: { urn: string; assigned_at: string }[];
}
export interface VpcRecord {
  id: string;
  name: string;
  description: string;
  region: string;
  ip_range: string;
  default: boolean;
  created_at: string;
}
export interface VpcPeeringRecord {
  id: string;
  name: string;
  vpc_ids: [string, string];
  created_at: string;
  status: "PROVISIONING" | "ACTIVE" | "DELETING";
}
/** A droplet's snapshot or backup, which DigitalOcean shows as an image and as a snapshot under the same number, or a custom image. */
export interface SnapshotRecord {
  id: number;
  name: string;
  kind: "snapshot" | "backup" | "custom";
  droplet_id: number | null;
  regions: string[];
  created_at: string;
  min_disk_size: number;
  size_gigabytes: number;
  tags: string[];
  description: string;
  status: "NEW" | "pending" | "available" | "deleted";
  /** Of custom images; one that could not be imported is "deleted", and says why. */
  url?: string;
  distribution?: string;
  error_message?: string;
}
export interface VolumeRecord {
  id: string;
  name: string;
  region: string;
  description: string;
  size_gigabytes: number;
  created_at: string;
  droplet_ids: number[];
  tags: string[];
  filesystem_type: string;
  filesystem_label: string;
}
export interface VolumeSnapshotRecord {
  id: string;
  name: string;
  volume_id: string;
  region: string;
  created_at: string;
  min_disk_size: number;
  size_gigabytes: number;
  tags: string[];
}
export interface UptimeAlertRecord {
  id: string;
  name: string;
  type: string;
  threshold?: number;
  comparison?: string;
  period?: string;
  notifications: { email: string[]; slack: { channel: string; url: string }[] };
  /** Since when what it is about has been so, and whether that was told; not shown. */
  held_since?: string;
  triggered?: boolean;
}
export interface UptimeStateRecord {
  status: "UP" | "DOWN";
  since: string;
  cause: string;
  milliseconds: number | null;
  certificate_until: string | null;
  /** The last outage that is over. */
  outage: { started_at: string; ended_at: string } | null;
  days: { day: string; up: number; total: number }[];
}
/** Without a state: not probed yet. */
export interface UptimeCheckRecord {
  id: string;
  name: string;
  type: "ping" | "http" | "https";
  target: string;
  regions: string[];
  enabled: boolean;
  alerts: UptimeAlertRecord[];
  state?: UptimeStateRecord;
}
export interface AlertPolicyRecord {
  uuid: string;
  type: string;
  description: string;
  compare: string;
  value: number;
  window: string;
  entities: string[];
  tags: string[];
  enabled: boolean;
  alerts: { email: string[]; slack: { channel: string; url: string }[] };
  /** The droplets that it holds for at the moment; not shown. */
  firing?: number[];
}

export interface CloudState {
  format: 1;
  nextId: number;
  /** Last number given out of the public range; numbers are not given again before the range has gone round. */
  lastAddress: number;
  /** SOA serial. */
  serial: number;
  account: { uuid: string; email: string };
  droplets: DropletRecord[];
  actions: ActionRecord[];
  sshKeys: SshKeyRecord[];
  reservedIps: ReservedIpRecord[];
  reservedIpv6: ReservedIpv6Record[];
  domains: DomainRecord[];
  dnsRecords: DnsRecord[];
  firewalls: FirewallRecord[];
  tags: string[];
  projects: ProjectRecord[];
  vpcs: VpcRecord[];
  vpcPeerings: VpcPeeringRecord[];
  snapshots: SnapshotRecord[];
  volumes: VolumeRecord[];
  volumeSnapshots: VolumeSnapshotRecord[];
  uptimeChecks: UptimeCheckRecord[];
  alertPolicies: AlertPolicyRecord[];
  /** Faults in force, as they were asked for. */
  faults: { id: string; kind: string; since: string }[];
}
