import { access } from "node:fs/promises";
import { join } from "node:path";

import { systemPath } from "./environment";

/**
 * What can't be looked at (a PATH that names a file, a folder of another's) is as good as not
 * there.
 */
export const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** Whether a program is found where programs are started from. */
export const onPath = async (program: string): Promise<boolean> => {
  const folders = systemPath().split(":");
  return (await Promise.all(folders.map((folder) => exists(join(folder, program))))).some(Boolean);
};
