/** What the API room says of machines, volumes and networks to those that make them real. */

export interface MachineSpec {
  readonly dropletId: number;
  readonly name: string;
  readonly region: string;
  readonly memoryMiB: number;
  readonly vcpus: number;
  readonly diskGiB: number;
  /** Key of a base image or of what this hypervisor keeps: "debian-13-x64" or "snapshot-<id>". */
  readonly image: string;
  readonly userData: string;
  /** OpenSSH public key lines for root. */
  readonly publicKeys: readonly string[];
  readonly networks: MachineNetworks;
}

export interface MachineNetworks {
  readonly mac: string;
  /** Public, from 203.0.113.0/24. */
  readonly ipv4: string;
  /** Anchor address (what a reserved IP is mapped to), from 10.17.0.0/16. */
  readonly anchorIpv4: string;
  /** VPC address. */
  readonly privateIpv4: string;
  /** Machines with the same name here share a private network; left out: one network for all. */
  readonly vpc?: string;
  /** Prefix length of the private network; 20 when left out. */
  readonly privatePrefix?: number;
  readonly ipv6?: string;
  /** Only the private network: the other addresses are nobody's. */
  readonly privateOnly?: boolean;
}

export type Power = "off" | "on";

/**
 * One firewall as the machine sees it: the union over all firewalls that cover it. Null = covered
 * by none = everything allowed.
 */
export interface FirewallRules {
  readonly inbound: readonly FirewallRule[];
  readonly outbound: readonly FirewallRule[];
}
export interface FirewallRule {
  readonly protocol: "tcp" | "udp" | "icmp";
  /** "all", "22", "8000-9000"; for icmp "all". */
  readonly ports: string;
  /** CIDRs or addresses, resolved already (tags and droplet ids have become addresses). */
  readonly addresses: readonly string[];
}

/** Everything the network has to look like; applied as one atomic step. */
export interface NetworkPlan {
  readonly reservedIps: readonly { readonly ip: string; readonly dropletId: number | null }[];
  /** Routed to the machine's own IPv6 address; not mapped. */
  readonly reservedIpv6?: readonly { readonly ip: string; readonly dropletId: number | null }[];
  /** Pairs of VPCs whose machines reach each other. */
  readonly peerings?: readonly (readonly [string, string])[];
  readonly firewalls: readonly {
    readonly dropletId: number;
    readonly rules: FirewallRules | null;
  }[];
}

/** Counters since the machine's boot and gauges of now; bytes where nothing else is said. */
export interface MachineUsage {
  readonly cpuUserSeconds: number;
  readonly cpuSystemSeconds: number;
  /** Processes that run or wait for a disk at this moment. */
  readonly busy: number;
  readonly memoryTotal: number;
  /** With what the page cache holds. */
  readonly memoryUsed: number;
  readonly memoryCached: number;
  readonly publicIn: number;
  readonly publicOut: number;
  readonly privateIn: number;
  readonly privateOut: number;
  readonly diskSize: number;
  readonly diskFree: number;
}

/** A disk of its own, shown to the machine as /dev/disk/by-id/scsi-0DO_Volume_<name>. */
export interface VolumeSpec {
  readonly id: string;
  readonly name: string;
  readonly sizeGiB: number;
  /** "", "ext4" or "xfs". */ readonly filesystem: string;
  readonly label: string;
}

export interface ImportedImage {
  /** What it takes here. */ readonly bytes: number;
  /** Size of the disk in it. */ readonly diskGiB: number;
}
