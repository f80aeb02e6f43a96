import { readdir, utimes } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

import { removeUnused } from "../../files";

/**
 * Another checkout of the project, with another recipe, may share the cache: what it still uses
 * stays.
 */
const UNUSED_FOR = 7 * 86_400_000;

/**
 * Notes that an image is in use, and removes those that nobody has used for a week. Machines made
 * from one keep it: a lab has its own link.
 */
export const pruneImages = async (used: string, now: number): Promise<void> => {
  const images = dirname(used);
  await utimes(used, now / 1000, now / 1000);
  const others = (await readdir(images)).filter(
    (name) => name.endsWith(".squashfs") && name !== basename(used),
  );
  await removeUnused(
    others.map((name) => join(images, name)),
    now - UNUSED_FOR,
  );
};
