import { statfs } from "node:fs/promises";
import { dirname } from "node:path";

import { type LabPaths, labPaths } from "../paths";
import { exists } from "./on-path";
import type { HostProblem } from "./report";

/** The image (0.1 GB, 0.5 GB while it is built), packages and two machines' disks. */
const NEEDED_BYTES = 2 * 1024 ** 3;

/** The part of a path that is there already, and so has a disk. */
const nearest = async (path: string): Promise<string> =>
  (await exists(path)) ? path : await nearest(dirname(path));

/** Where images and machines will lie, each asked for all of it: mostly it is one disk. */
export const spaceProblem = async (
  { state, cache }: LabPaths = labPaths(),
): Promise<HostProblem[]> => {
  for (const folder of [state, cache]) {
    const { bavail, bsize } = await statfs(await nearest(folder));
    const free = bavail * bsize;
    if (free < NEEDED_BYTES)
      return [
        {
          problem: `only ${(free / 1024 ** 3).toFixed(1)} GiB are free for ${folder}`,
          remedy:
            "free 2 GiB, or choose a disk that has them: --state for the state, XDG_CACHE_HOME for the cache",
        },
      ];
  }
  return [];
};
