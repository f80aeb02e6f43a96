import { readFile, statfs } from "node:fs/promises";

import { privateLink, publicLink } from "../network/addresses";
import { rootOf } from "./disk";
import { readUse } from "./meminfo";
import { processUse } from "./process-use";
import type { MachineSpec, MachineUsage } from "./spec";
import { isRunning, placeOf, type Surroundings } from "./surroundings";

/** Bytes that a link has received and sent, by /proc/net/dev's text. Pure. */
export const linkBytes = (dev: string, link: string): { received: number; sent: number } => {
  const columns = dev
    .split("\n")
    .map((line) => line.trim().split(/[:\s]+/))
    .find(([name]) => name === link);
  return { received: Number(columns?.[1] ?? 0), sent: Number(columns?.[9] ?? 0) };
};

/**
 * The machine's figures now, as its host sees them; null while it is off. Has to run in the
 * router's namespace.
 */
export const usageOf = async (
  around: Surroundings,
  spec: MachineSpec,
): Promise<MachineUsage | null> => {
  const { paths } = around;
  const { dropletId } = spec;
  if (!(await isRunning(around, dropletId))) return null;
  const [cpu, memory, dev, disk] = await Promise.all([
    processUse(around, dropletId),
    readUse(around, spec),
    readFile("/proc/self/net/dev", "utf8"),
    statfs(rootOf(placeOf(paths, dropletId))),
  ]);
  // The router's end: what it has sent is what the machine has received.
  const outside = linkBytes(dev, publicLink(dropletId)),
    inside = linkBytes(dev, privateLink(dropletId));
  return {
    cpuUserSeconds: cpu.userSeconds,
    cpuSystemSeconds: cpu.systemSeconds,
    busy: cpu.busy,
    memoryTotal: spec.memoryMiB * 1024 ** 2,
    memoryUsed: memory?.used ?? 0,
    memoryCached: memory ? memory.activeFile + memory.inactiveFile : 0,
    publicIn: outside.sent,
    publicOut: outside.received,
    privateIn: inside.sent,
    privateOut: inside.received,
    diskSize: disk.blocks * disk.bsize,
    diskFree: disk.bavail * disk.bsize,
  };
};
