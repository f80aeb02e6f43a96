import { readFile, statfs } from "node:fs/promises";
import { join } from "node:path";
import { unlessGone } from "../files";
import { privateLink, publicLink } from "../network/addresses";
import { groupOf, insideGroup, processesBelow } from "./boot";
import { unifiedPath } from "./cgroups";
import { rootOf } from "./disk";
import type { MachineSpec, MachineUsage } from "./hypervisor";
import { readUse } from "./meminfo";
import { isRunning, placeOf, type Surroundings } from "./surroundings";

/** "name number" a line, as in cpu.stat. */
const counter = (text: string, name: string): number => Number(new RegExp(`^${name} (\\d+)$`, "m").exec(text)?.[1] ?? 0);

/** Bytes that a link has received and sent, by /proc/net/dev's text. Pure. */
export const linkBytes = (dev: string, link: string): { received: number; sent: number } => {
  const columns = dev.split("\n").map((line) => line.trim().split(/[:\s]+/)).find(([name]) => name === link);
  return { received: Number(columns?.[1] ?? 0), sent: Number(columns?.[9] ?? 0) };
};

/** Processes that run or wait for a disk: what a load average is made of. */
const countBusy = async (folder: string): Promise<number> => {
  const stats = await Promise.all((await processesBelow(folder)).map((pid) => unlessGone(readFile(`/proc/${pid}/stat`, "utf8"), "")));
  return stats.filter((stat) => /^ [RD] /.test(stat.slice(stat.lastIndexOf(")") + 1))).length;
};

/** The machine's figures now, as its host sees them; null while it is off. Has to run in the router's namespace. */
export const usageOf = async (around: Surroundings, spec: MachineSpec): Promise<MachineUsage | null> => {
  const { host, paths } = around;
  const { dropletId } = spec;
  if (!(await isRunning(around, dropletId))) return null;
  const [cpu, memory, dev, busy, disk] = await Promise.all([
    unlessGone(readFile(join(unifiedPath(host, paths.id, groupOf(dropletId)), "cpu.stat"), "utf8"), ""),
    readUse(around, spec), readFile("/proc/self/net/dev", "utf8"), countBusy(insideGroup(host, paths.id, dropletId)), statfs(rootOf(placeOf(paths, dropletId))),
  ]);
  // The router's end: what it has sent is what the machine has received.
  const outside = linkBytes(dev, publicLink(dropletId)), inside = linkBytes(dev, privateLink(dropletId));
  return {
    cpuUserSeconds: counter(cpu, "user_usec") / 1e6, cpuSystemSeconds: counter(cpu, "system_usec") / 1e6, busy,
    memoryTotal: spec.memoryMiB * 1024 ** 2, memoryUsed: memory?.used ?? 0, memoryCached: memory ? memory.activeFile + memory.inactiveFile : 0,
    publicIn: outside.sent, publicOut: outside.received, privateIn: inside.sent, privateOut: inside.received,
    diskSize: disk.blocks * disk.bsize, diskFree: disk.bavail * disk.bsize,
  };
};
