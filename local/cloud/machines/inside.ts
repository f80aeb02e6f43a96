import { lstat, mkdir, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

import { unlessGone } from "../files";

/**
 * A folder below the root of a machine that is off, made where it is missing. Whoever owns the
 * machine, or made its image, may have put a link in the way, which would lead to a folder of this
 * host: then null.
 */
export const folderInside = async (root: string, path: string): Promise<string | null> => {
  let folder = root;
  for (const part of path.split("/")) {
    folder = join(folder, part);
    const found = await unlessGone(lstat(folder), undefined);
    if (!found) await mkdir(folder);
    else if (!found.isDirectory()) return null;
  }
  return folder;
};

/**
 * Writes a file below the root of a machine that is off, in place of whatever is there. Rejects
 * where a link is in the way.
 */
export const writeInside = async (
  root: string,
  path: string,
  text: string,
  mode: number,
): Promise<void> => {
  const folder = await folderInside(root, dirname(path));
  if (folder === null)
    throw new Error(
      `/${path} can't be written in the machine: a link or a file is where one of its ` +
        "folders should be. Remove it from inside, or rebuild the droplet",
    );
  const file = join(folder, basename(path));
  await rm(file, { force: true });
  await writeFile(file, text, { mode, flag: "wx" });
};
