import { readdir, utimes } from "node:fs/promises";
import { join } from "node:path";

import { removeUnused, unlessGone } from "../files";

/** New versions come under new names: old ones would stay for ever. */
const UNUSED_FOR = 30 * 86_400_000;

/** Whether it is kept; if so, noted as used now. */
export const isKept = (file: string, now: number): Promise<boolean> =>
  unlessGone(
    utimes(file, now / 1000, now / 1000).then(() => true),
    false,
  );

/** Removes what nobody has asked for in thirty days. */
export const prunePackages = async (cache: string, now: number): Promise<void> => {
  const entries = await unlessGone(readdir(cache, { withFileTypes: true, recursive: true }), []);
  await removeUnused(
    entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name)),
    now - UNUSED_FOR,
  );
};
