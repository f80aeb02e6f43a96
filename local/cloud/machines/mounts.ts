import { mkdir, readFile } from "node:fs/promises";

import { pointsBelow } from "./foreign-mounts";
import { run } from "./run-program";

/** Mount points at or below a folder, deepest (latest) first. */
export const mountsBelow = async (folder: string): Promise<string[]> =>
  pointsBelow(await readFile("/proc/self/mountinfo", "utf8"), folder);

export const isMounted = async (point: string): Promise<boolean> =>
  (await mountsBelow(point)).includes(point);

/**
 * Makes our mounts vanish everywhere once unmounted here: a shell in a private mount namespace
 * can't keep a disk busy.
 */
export const shareMounts = async (machines: string): Promise<void> => {
  await mkdir(machines, { recursive: true });
  if (await isMounted(machines)) return;
  await run(["mount", "--bind", machines, machines]);
  // Where systemd runs the host, all mounts are shared: ours would come twice, here and hidden
  // below in the folder that is bound. First cut off, then shared.
  await run(["mount", "--make-private", machines]);
  await run(["mount", "--make-shared", machines]);
};

/**
 * Another process may take the free loop device that mount has just found: then it is tried again.
 */
export const mountLoop = async (options: string, file: string, point: string): Promise<void> => {
  for (let tries = 1; ; tries++) {
    try {
      return void (await run(["mount", "-o", `loop,${options}`, file, point]));
    } catch (error) {
      if (tries === 5) throw error;
    }
  }
};
