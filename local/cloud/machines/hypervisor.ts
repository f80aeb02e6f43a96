/**
 * The contract between the API room (which keeps DigitalOcean's records) and the rooms that make them real (machines, network).
 * Two implementations: real Debian machines under systemd-nspawn, and none at all (macOS, no root, fast API tests).
 * Every method resolves when the thing has happened and rejects with a one-line reason when it could not; all are idempotent.
 * What changes a machine is called in its droplet's turn (`dropletKey` in queue.ts): one operation at a time.
 */

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

/** One firewall as the machine sees it: the union over all firewalls that cover it. Null = covered by none = everything allowed. */
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

export type Fault =
  | {
      readonly kind: "network-cut";
      readonly dropletId: number;
      /** Only towards this one. */ readonly peerId?: number;
    }
  | {
      readonly kind: "freeze";
      readonly dropletId: number;
      /** One unit; else the whole machine. */ readonly unit?: string;
    }
  | { readonly kind: "disk-full"; readonly dropletId: number }
  | { readonly kind: "loss"; readonly dropletId: number; readonly percent: number }
  | {
      readonly kind: "latency";
      readonly dropletId: number;
      /** Each way. */ readonly milliseconds: number;
    }
  | {
      readonly kind: "clock-skew";
      readonly dropletId: number;
      readonly seconds: number;
      /** One unit; else the machine's services. */ readonly unit?: string;
    }
  /** As pulling the plug; its end is power on. */
  | { readonly kind: "power-cut"; readonly dropletId: number };

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

export interface Hypervisor {
  /** Makes disk, seed and network, and boots, with the volumes as disks from the beginning. Resolves when sshd answers (cloud-init may still run). */
  create(spec: MachineSpec, volumes?: readonly VolumeSpec[]): Promise<void>;
  destroy(dropletId: number): Promise<void>;
  powerOn(dropletId: number): Promise<void>;
  /** As pulling the plug: what was not synced is lost. */
  powerOff(dropletId: number): Promise<void>;
  /** ACPI-like: asks the machine to power off; rejects when it has not after `seconds`. */
  shutdown(dropletId: number, seconds: number): Promise<void>;
  reboot(dropletId: number): Promise<void>;
  power(dropletId: number): Power;
  /** Called when a machine's power changed without being asked to (its own `poweroff`, a crash). */
  onPowerChange(listener: (dropletId: number, power: Power) => void): void;
  /** The machine is off. Memory and CPU always; the disk only grows. */
  resize(
    dropletId: number,
    size: { memoryMiB: number; vcpus: number; diskGiB?: number },
  ): Promise<void>;
  /** From now on the network brings that address to the machine, and a boot offers it; a system that runs is not told. Absent: nothing to bring it to. */
  enableIpv6?(dropletId: number, ipv6: string): Promise<void>;
  /** Keeps the machine's disk under `key`; resolves with its size in bytes. */
  snapshot(dropletId: number, key: string): Promise<number>;
  deleteSnapshot(key: string): Promise<void>;
  /** Fetches a disk image as an operator of the lab and keeps it under `key`, to be deleted as a snapshot is. Absent: the API answers 501. */
  importImage?(url: string, key: string): Promise<ImportedImage>;
  /** Replaces the machine's disk by an image's; keeps addresses and user_data. */
  rebuild(spec: MachineSpec): Promise<void>;
  /** Block storage. Absent: the API answers 501 to attaching; a volume is made when it is first attached. */
  attachVolume?(dropletId: number, volume: VolumeSpec): Promise<void>;
  detachVolume?(dropletId: number, volumeId: string): Promise<void>;
  /** Only grows. */
  resizeVolume?(volumeId: string, sizeGiB: number): Promise<void>;
  deleteVolume?(volumeId: string): Promise<void>;
  /** Makes one volume, or the snapshot of one, out of another, as its machine's file system is at this moment; resolves with the bytes that it takes. Nothing of what was never attached: it is empty. */
  copyVolume?(fromId: string, toId: string): Promise<number>;
  applyNetwork(plan: NetworkPlan): Promise<void>;
  injectFault(fault: Fault): Promise<void>;
  clearFault(fault: Fault): Promise<void>;
  /** What the machine uses; null while it is off. Absent: there are no metrics. */
  usage?(dropletId: number): Promise<MachineUsage | null>;
  /** Last lines of a machine's console. */
  consoleTail(dropletId: number, lines: number): Promise<string>;
  /** Runs a command inside the machine as root, without its network (like DigitalOcean's recovery console); `input` is its standard input. */
  exec(
    dropletId: number,
    argv: readonly string[],
    input?: string,
  ): Promise<{ code: number; stdout: string; stderr: string }>;
}

/** A hypervisor that outlives the process holding it: what a daemon needs besides. */
export interface MachineHost extends Hypervisor {
  /** Every machine there is on disk. */
  machines(): readonly { readonly dropletId: number; readonly power: Power }[];
  /** Adopts machines that survived the last daemon and boots those that were on; call once. Resolves when all of them are up. */
  takeOver(): Promise<void>;
  /** Every machine powered off cleanly, its plug pulled after `seconds`; those that were on are booted again by the next `takeOver`. */
  shutdownAll(seconds: number): Promise<void>;
}
