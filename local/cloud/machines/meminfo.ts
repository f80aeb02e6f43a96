import { open, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { unlessGone } from "../files";
import { groupOf, initOf } from "./boot";
import { groupFolder } from "./cgroups";
import { enter } from "./enter";
import type { MachineSpec } from "./hypervisor";
import { machineFolder } from "./store";
import { isRunning, type Surroundings } from "./surroundings";

/**
 * A machine's own /proc/meminfo. Linux shows the host's to everybody: `free`, a monitor and whatever sizes itself by it would
 * see another machine than the droplet that was ordered. Made from the machine's control group, every two seconds.
 */
export interface MemoryUse { readonly total: number; readonly used: number; readonly activeFile: number; readonly inactiveFile: number; readonly anonymous: number; readonly shared: number; readonly mapped: number; readonly dirty: number }

/** Where the machine sees the made file before it is laid over /proc/meminfo. */
export const meminfoInside = "/run/droplet/meminfo";
export const meminfoFile = (machines: string, dropletId: number): string => join(machineFolder(machines, dropletId), "meminfo");

/** The kernel's layout, each line of fixed width, so that it can be overwritten in place. `use` is in bytes. Pure. */
export const meminfoText = (use: MemoryUse): string => {
  const files = use.activeFile + use.inactiveFile;
  const free = Math.max(0, use.total - use.used);
  const lines: [string, number][] = [
    ["MemTotal", use.total], ["MemFree", free], ["MemAvailable", Math.min(use.total, free + files)], ["Buffers", 0], ["Cached", files + use.shared], ["SwapCached", 0],
    ["Active", use.activeFile], ["Inactive", use.inactiveFile + use.anonymous], ["Active(anon)", 0], ["Inactive(anon)", use.anonymous],
    ["Active(file)", use.activeFile], ["Inactive(file)", use.inactiveFile], ["Unevictable", 0], ["Mlocked", 0], ["SwapTotal", 0], ["SwapFree", 0],
    ["Dirty", use.dirty], ["Writeback", 0], ["AnonPages", use.anonymous], ["Mapped", use.mapped], ["Shmem", use.shared],
    ["KReclaimable", 0], ["Slab", 0], ["SReclaimable", 0], ["SUnreclaim", 0],
  ];
  return lines.map(([name, bytes]) => `${`${name}:`.padEnd(16)}${String(Math.round(bytes / 1024)).padStart(10)} kB\n`).join("");
};

/** Counters of a memory.stat of either version; "total_" sums include the groups below. Pure. */
export const memoryUse = (stat: string, used: number, total: number): MemoryUse => {
  const counters = new Map(stat.split("\n").map((line) => line.split(" ") as [string, string]));
  const one = (...names: string[]): number => Number(names.map((name) => counters.get(name)).find((value) => value !== undefined) ?? 0);
  return {
    total, used, activeFile: one("total_active_file", "active_file"), inactiveFile: one("total_inactive_file", "inactive_file"),
    anonymous: one("total_rss", "anon"), shared: one("total_shmem", "shmem"), mapped: one("total_mapped_file", "file_mapped"), dirty: one("total_dirty", "file_dirty"),
  };
};

export const readUse = async ({ host, paths }: Surroundings, { dropletId, memoryMiB }: MachineSpec): Promise<MemoryUse | undefined> => {
  const old = host.v1["memory"] !== undefined;
  const folder = groupFolder(host.v1["memory"] ?? host.unified, paths.id, groupOf(dropletId));
  const [stat, used] = await Promise.all([readFile(join(folder, "memory.stat"), "utf8"), readFile(join(folder, old ? "memory.usage_in_bytes" : "memory.current"), "utf8")]
    // A host without the controller doesn't limit memory either: then the host's figures are the truth.
    .map((text) => unlessGone(text, undefined)));
  return stat === undefined || used === undefined ? undefined : memoryUse(stat, Number(used), memoryMiB * 1024 ** 2);
};

/** Before a boot: nothing is used yet. */
export const prepareMeminfo = (machines: string, { dropletId, memoryMiB }: MachineSpec): Promise<void> =>
  writeFile(meminfoFile(machines, dropletId), meminfoText(memoryUse("", 0, memoryMiB * 1024 ** 2)));

const refresh = async (around: Surroundings, spec: MachineSpec, laidFor: Map<number, number>): Promise<void> => {
  if (!(await isRunning(around, spec.dropletId))) return;
  const use = await readUse(around, spec);
  if (!use) return;
  const file = await open(meminfoFile(around.paths.machines, spec.dropletId), "r+");
  try {
    await file.write(meminfoText(use), 0);
  } finally {
    await file.close();
  }
  // A reboot begins with the host's again.
  const init = await initOf(around.host, around.paths.id, spec.dropletId);
  if (init === undefined || laidFor.get(spec.dropletId) === init) return;
  const laid = await enter(around, spec.dropletId, ["sh", "-c", `mount --bind ${meminfoInside} /proc/meminfo`]);
  if (laid.code === 0) laidFor.set(spec.dropletId, init);
};

/** Keeps the files true for as long as this process lives. */
export const keepMeminfo = (around: Surroundings, running: () => readonly MachineSpec[]): void => {
  const laidFor = new Map<number, number>();
  let busy = false;
  const turn = async (): Promise<void> => {
    if (busy) return;
    busy = true;
    // A machine may end at any moment; the next turn knows better.
    await Promise.allSettled(running().map((spec) => refresh(around, spec, laidFor)));
    busy = false;
  };
  setInterval(() => { void turn(); }, 2000).unref();
};
