// Addresses, names, networks and what they let through.

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
