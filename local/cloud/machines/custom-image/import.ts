import { mkdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";

import type { LabPaths } from "../../paths";
import { mountsBelow } from "../mounts";
import { run } from "../run-program";
import { customBase, keepCustom } from "../snapshots";
import type { ImportedImage } from "../spec";
import { fetchImage } from "./fetch";
import { makeRaw } from "./format";
import { mountRoot } from "./root";

const folderOf = (machines: string): string => join(machines, "importing");

const clear = async (folder: string): Promise<void> => {
  for (const point of await mountsBelow(folder)) await run(["umount", point]);
  await rm(folder, { recursive: true, force: true });
};

/** What a daemon that was killed had begun. */
export const clearImports = (machines: string): Promise<void> => clear(folderOf(machines));

/**
 * Its root file system becomes a base image of the lab, as Debian's is: machines made from it share
 * it.
 */
export const importImage = async (
  paths: LabPaths,
  url: string,
  key: string,
): Promise<ImportedImage> => {
  const work = join(folderOf(paths.machines), key);
  const [file, root, packed] = [join(work, "disk"), join(work, "root"), join(work, "packed")];
  try {
    await mkdir(work, { recursive: true });
    await fetchImage(paths, url, file);
    await makeRaw(file);
    await mountRoot(file, root);
    await run([
      "setpriv",
      "--pdeathsig",
      "KILL",
      "mksquashfs",
      root,
      packed,
      "-comp",
      "zstd",
      "-Xcompression-level",
      "3",
      "-noappend",
      "-quiet",
      "-no-progress",
    ]);
    const [{ size }, { size: bytes }] = await Promise.all([stat(file), stat(packed)]);
    await mkdir(join(paths.machines, "bases"), { recursive: true });
    await rename(packed, join(paths.machines, "bases", customBase(key)));
    await keepCustom(paths.machines, key, bytes);
    return { bytes, diskGiB: Math.ceil(size / 1024 ** 3) };
  } finally {
    await clear(work);
  }
};
