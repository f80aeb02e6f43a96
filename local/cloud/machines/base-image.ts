import { copyFile, link, mkdir, rename } from "node:fs/promises";
import { basename, join } from "node:path";

import { exists } from "../files";
import { isMounted, mountLoop } from "./mounts";

/** Bases being mounted: machines that are made together need the same one. */
const mounting = new Map<string, Promise<string>>();

/**
 * Keeps a base image in the lab, where clearing the cache can't reach it, and mounts it. Resolves
 * with the mount point.
 */
export const mountBase = (machines: string, name: string, cached?: string): Promise<string> => {
  const file = join(machines, "bases", name);
  const running =
    mounting.get(file) ??
    mountBaseOnce(machines, name, cached).finally(() => mounting.delete(file));
  mounting.set(file, running);
  return running;
};

const mountBaseOnce = async (machines: string, name: string, cached?: string): Promise<string> => {
  const file = join(machines, "bases", name);
  const point = join(machines, "bases", basename(name, ".squashfs"));
  await mkdir(point, { recursive: true });
  if (!(await exists(file))) {
    if (!cached)
      throw new Error(
        `the base image ${name} that this machine was made from is missing in ${join(machines, "bases")}`,
      );
    // Another file system than the cache's, or one without links: a copy, whole or not there.
    await link(cached, file).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== "EXDEV" && error.code !== "EPERM") throw error;
      await copyFile(cached, `${file}.new`);
      await rename(`${file}.new`, file);
    });
  }
  if (!(await isMounted(point))) await mountLoop("ro", file, point);
  return point;
};
