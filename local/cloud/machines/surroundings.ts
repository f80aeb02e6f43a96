import { join } from "node:path";

import type { Latency } from "../network/latency";
import type { LabPaths } from "../paths";
import { isPopulated, type Hierarchies } from "./cgroups";
import type { CpuPlan } from "./cpus";
import type { DiskPlace } from "./disk";
import { machineFolder } from "./machine-file";
import { groupOf } from "./machine-groups";

/** What one machine's start and stop need to know of the lab. */
export interface Surroundings {
  readonly paths: LabPaths;
  readonly host: Hierarchies;
  readonly trustedCertificates: string;
  readonly log: (line: string) => void;
  readonly latency: Latency;
  readonly cpus: CpuPlan;
}

export const placeOf = (paths: LabPaths, dropletId: number): DiskPlace => ({
  machines: paths.machines,
  folder: machineFolder(paths.machines, dropletId),
});
export const consoleOf = (paths: LabPaths, dropletId: number): string =>
  join(machineFolder(paths.machines, dropletId), "console.log");

export const isRunning = ({ host, paths }: Surroundings, dropletId: number): Promise<boolean> =>
  isPopulated(host, paths.id, groupOf(dropletId));
