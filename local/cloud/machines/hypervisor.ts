import type { MachineFault } from "../faults/registry";
import type {
  ImportedImage,
  MachineSpec,
  MachineUsage,
  NetworkPlan,
  Power,
  VolumeSpec,
} from "./spec";

/**
 * The contract between the API room (which keeps DigitalOcean's records) and the rooms that make
 * them real (machines, network). Two implementations: real Debian machines under systemd-nspawn,
 * and none at all (macOS, no root, fast API tests). Every method resolves when the thing has
 * happened and rejects with a one-line reason when it could not; all are idempotent. What changes a
 * machine is called in its droplet's turn (`dropletKey` in queue.ts): one operation at a time.
 */

export interface Hypervisor {
  /**
   * Makes disk, seed and network, and boots, with the volumes as disks from the beginning. Resolves
   * when sshd answers (cloud-init may still run).
   */
  create(spec: MachineSpec, volumes?: readonly VolumeSpec[]): Promise<void>;
  /**
   * Ends what the machine is doing, a boot that somebody waits for above all; asked for out of its
   * turn, when the machine is to be destroyed. Absent: nothing takes long.
   */
  interrupt?(dropletId: number): Promise<void>;
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
  /**
   * From now on the network brings that address to the machine, and a boot offers it; a system that
   * runs is not told. Absent: nothing to bring it to.
   */
  enableIpv6?(dropletId: number, ipv6: string): Promise<void>;
  /** Keeps the machine's disk under `key`; resolves with its size in bytes. */
  snapshot(dropletId: number, key: string): Promise<number>;
  deleteSnapshot(key: string): Promise<void>;
  /**
   * Fetches a disk image as an operator of the lab and keeps it under `key`, to be deleted as a
   * snapshot is. Absent: the API answers 501.
   */
  importImage?(url: string, key: string): Promise<ImportedImage>;
  /** Replaces the machine's disk by an image's; keeps addresses and user_data. */
  rebuild(spec: MachineSpec): Promise<void>;
  /**
   * Block storage. Absent: the API answers 501 to attaching; a volume is made when it is first
   * attached.
   */
  attachVolume?(dropletId: number, volume: VolumeSpec): Promise<void>;
  detachVolume?(dropletId: number, volumeId: string): Promise<void>;
  /** Only grows. */
  resizeVolume?(volumeId: string, sizeGiB: number): Promise<void>;
  deleteVolume?(volumeId: string): Promise<void>;
  /**
   * Makes one volume, or the snapshot of one, out of another, as its machine's file system is at
   * this moment; resolves with the bytes that it takes. Nothing of what was never attached: it is
   * empty.
   */
  copyVolume?(fromId: string, toId: string): Promise<number>;
  applyNetwork(plan: NetworkPlan): Promise<void>;
  injectFault(fault: MachineFault): Promise<void>;
  clearFault(fault: MachineFault): Promise<void>;
  /** What the machine uses; null while it is off. Absent: there are no metrics. */
  usage?(dropletId: number): Promise<MachineUsage | null>;
  /** Last lines of a machine's console. */
  consoleTail(dropletId: number, lines: number): Promise<string>;
  /**
   * Runs a command inside the machine as root, without its network (like DigitalOcean's recovery
   * console); `input` is its standard input.
   */
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
  /**
   * Adopts machines that survived the last daemon and boots those that were on; call once. Resolves
   * when all of them are up.
   */
  takeOver(): Promise<void>;
  /**
   * Every machine powered off cleanly, its plug pulled after `seconds`; those that were on are
   * booted again by the next `takeOver`.
   */
  shutdownAll(seconds: number): Promise<void>;
}
