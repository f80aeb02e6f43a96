import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { unlessGone } from "../files";
import { groupFolder } from "./cgroups";
import { groupOf } from "./machine-groups";
import type { MachineSpec } from "./spec";
import type { Surroundings } from "./surroundings";

/** A machine's own /proc/meminfo, made from its control group. */
export interface MemoryUse {
  readonly total: number;
  readonly used: number;
  readonly activeFile: number;
  readonly inactiveFile: number;
  readonly anonymous: number;
  readonly shared: number;
  readonly mapped: number;
  readonly dirty: number;
}

/**
 * The kernel's layout, each line of fixed width, so that it can be overwritten in place. `use` is
 * in bytes. Pure.
 */
export const meminfoText = (use: MemoryUse): string => {
  const files = use.activeFile + use.inactiveFile;
  const free = Math.max(0, use.total - use.used);
  const lines: [string, number][] = [
    ["MemTotal", use.total],
    ["MemFree", free],
    ["MemAvailable", Math.min(use.total, free + files)],
    ["Buffers", 0],
    ["Cached", files + use.shared],
    ["SwapCached", 0],
    ["Active", use.activeFile],
    ["Inactive", use.inactiveFile + use.anonymous],
    ["Active(anon)", 0],
    ["Inactive(anon)", use.anonymous],
    ["Active(file)", use.activeFile],
    ["Inactive(file)", use.inactiveFile],
    ["Unevictable", 0],
    ["Mlocked", 0],
    ["SwapTotal", 0],
    ["SwapFree", 0],
    ["Dirty", use.dirty],
    ["Writeback", 0],
    ["AnonPages", use.anonymous],
    ["Mapped", use.mapped],
    ["Shmem", use.shared],
    ["KReclaimable", 0],
    ["Slab", 0],
    ["SReclaimable", 0],
    ["SUnreclaim", 0],
  ];
  return lines
    .map(
      ([name, bytes]) =>
        `${`${name}:`.padEnd(16)}${String(Math.round(bytes / 1024)).padStart(10)} kB\n`,
    )
    .join("");
};

/** Counters of a memory.stat of either version; "total_" sums include the groups below. Pure. */
export const memoryUse = (stat: string, used: number, total: number): MemoryUse => {
  const counters = new Map(stat.split("\n").map((line) => line.split(" ") as [string, string]));
  const one = (...names: string[]): number =>
    Number(names.map((name) => counters.get(name)).find((value) => value !== undefined) ?? 0);
  return {
    total,
    used,
    activeFile: one("total_active_file", "active_file"),
    inactiveFile: one("total_inactive_file", "inactive_file"),
    anonymous: one("total_rss", "anon"),
    shared: one("total_shmem", "shmem"),
    mapped: one("total_mapped_file", "file_mapped"),
    dirty: one("total_dirty", "file_dirty"),
  };
};

/**
 * Undefined on a host without the controller: it doesn't limit memory either, so its own figures
 * are the truth.
 */
export const readUse = async (
  { host, paths }: Surroundings,
  { dropletId, memoryMiB }: MachineSpec,
): Promise<MemoryUse | undefined> => {
  const old = host.v1["memory"] !== undefined;
  const folder = groupFolder(host.v1["memory"] ?? host.unified, paths.id, groupOf(dropletId));
  const [stat, used] = await Promise.all(
    [
      readFile(join(folder, "memory.stat"), "utf8"),
      readFile(join(folder, old ? "memory.usage_in_bytes" : "memory.current"), "utf8"),
    ].map((text) => unlessGone(text, undefined)),
  );
  return stat === undefined || used === undefined
    ? undefined
    : memoryUse(stat, Number(used), memoryMiB * 1024 ** 2);
};
