import { join } from "node:path";

import { groupFolders, type Hierarchies, unifiedPath } from "./cgroups";

export const groupOf = (dropletId: number): string => `m${dropletId}`;

/** Below a machine's group. */
export const SUPERVISOR_GROUP = "keeper";

/**
 * The part of a machine's group that its own processes are in; the supervisor beside it survives a
 * freeze.
 */
export const insideGroup = (host: Hierarchies, lab: string, dropletId: number): string =>
  join(unifiedPath(host, lab, groupOf(dropletId)), "box");
/**
 * Where the supervisor, and what is run in the machine from outside, has to be: beside the box on
 * cgroup2, in the machine's group elsewhere.
 */
export const supervisorGroups = (host: Hierarchies, lab: string, dropletId: number): string[] =>
  groupFolders(host, lab, groupOf(dropletId)).map((folder) =>
    folder === unifiedPath(host, lab, groupOf(dropletId)) ? join(folder, SUPERVISOR_GROUP) : folder,
  );
