import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { unlessGone } from "../files";
import { unifiedPath } from "./cgroups";
import { processesBelow } from "./init";
import { groupOf, insideGroup } from "./machine-groups";
import type { Surroundings } from "./surroundings";

export interface ProcessUse {
  /** CPU seconds since the machine's control group was made: its power on. */
  readonly userSeconds: number;
  readonly systemSeconds: number;
  readonly processes: number;
  /** Those that run or wait for a disk at this moment: what a load average is made of. */
  readonly busy: number;
}

/** "name number" a line, as in cpu.stat. */
const counter = (text: string, name: string): number =>
  Number(new RegExp(`^${name} (\\d+)$`, "m").exec(text)?.[1] ?? 0);
const isBusy = (stat: string): boolean => /^ [RD] /.test(stat.slice(stat.lastIndexOf(")") + 1));

/** What a machine's processes use, as its control group says. */
export const processUse = async (
  { host, paths }: Pick<Surroundings, "host" | "paths">,
  dropletId: number,
): Promise<ProcessUse> => {
  const [cpu, pids] = await Promise.all([
    unlessGone(
      readFile(join(unifiedPath(host, paths.id, groupOf(dropletId)), "cpu.stat"), "utf8"),
      "",
    ),
    processesBelow(insideGroup(host, paths.id, dropletId)),
  ]);
  const stats = await Promise.all(
    pids.map((pid) => unlessGone(readFile(`/proc/${pid}/stat`, "utf8"), "")),
  );
  return {
    userSeconds: counter(cpu, "user_usec") / 1e6,
    systemSeconds: counter(cpu, "system_usec") / 1e6,
    processes: pids.length,
    busy: stats.filter(isBusy).length,
  };
};
