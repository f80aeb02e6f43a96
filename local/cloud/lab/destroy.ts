import { rm } from "node:fs/promises";
import { join } from "node:path";

import { removeIfEmpty } from "../files";
import type { LabPaths } from "../paths";
import type { Progress } from "./contract";
import { endPlainDaemon, release } from "./stop";

/** Nothing left but the image cache. Works on a crashed or half-made cloud, and where none is. */
export const destroy = async (paths: LabPaths, progress: Progress): Promise<void> => {
  const started = Date.now();
  await endPlainDaemon(paths);
  await release(paths);
  await rm(join(paths.state, "cloud"), { recursive: true, force: true });
  // The state folder goes with it unless it holds something else, a stack's state for one.
  await removeIfEmpty(paths.state);
  progress({
    step: "local DigitalOcean",
    detail: "removed",
    seconds: (Date.now() - started) / 1000,
  });
};
