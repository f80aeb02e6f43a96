import { mkdir, rm, stat, truncate, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";

import { untilFree } from "./loops";
import { isMounted, mountLoop, mountsBelow } from "./mounts";
import { attempt, run } from "./run-program";
import { copySparse } from "./sparse-files";

/**
 * A machine's disk: a sparse ext4 image of the size's limit, the upper layer over the read-only
 * base image. <machines>/<id>/disk.ext4, mounted on .../fs; the machine's root is .../root; bases
 * are in <machines>/bases.
 */
export interface DiskPlace {
  /** The lab's machines folder. */
  readonly machines: string;
  /** The machine's own folder. */
  readonly folder: string;
}

export const rootOf = (place: DiskPlace): string => join(place.folder, "root");
export const fsOf = (place: DiskPlace): string => join(place.folder, "fs");
export const diskOf = (place: DiskPlace): string => join(place.folder, "disk.ext4");

export const makeDisk = async (place: DiskPlace, gibibytes: number): Promise<void> => {
  const disk = diskOf(place);
  await rm(disk, { force: true });
  await writeFile(disk, "");
  await truncate(disk, gibibytes * 1024 ** 3);
  await run(["mkfs.ext4", "-q", "-E", "lazy_itable_init=1,lazy_journal_init=1,nodiscard", disk]);
};

/** For a host where everything takes its time. */
const FREE_WITHIN = 20_000;

/**
 * Mounts disk and root, when nobody has the disk any more: a second overlay on the same upper layer
 * would destroy it.
 */
export const mountDisk = async (place: DiskPlace, base: string): Promise<void> => {
  const [fs, root, disk] = [fsOf(place), rootOf(place), diskOf(place)];
  if (await isMounted(root)) return;
  await unmountDisk(place);
  await untilFree(disk, place.folder, FREE_WITHIN);
  await mkdir(fs, { recursive: true });
  await mkdir(root, { recursive: true });
  // A power cut costs what the last journal commit (5 s) did not have. With delayed allocation it
  // would empty every file of the last 30 s: all of a machine that has just been set up, as the
  // image's dpkg doesn't sync either.
  await mountLoop("nodelalloc", disk, fs);
  await mkdir(join(fs, "up"), { recursive: true });
  await mkdir(join(fs, "wk"), { recursive: true });
  // Relative paths, all of our own making: a comma or a colon in the state folder's name would end
  // one, and all of them have to fit in a page.
  const layers = `lowerdir=${relative(place.folder, base)},upperdir=fs/up,workdir=fs/wk`;
  await run(["mount", "-t", "overlay", "second-server", "-o", layers, "root"], {
    cwd: place.folder,
  });
};

/**
 * Ends what a snapshot that was killed began. A frozen file system holds up every writer, and one
 * that is unmounted frozen is never freed: its loop device stays, and with it the lab's folder.
 * Fine when it is not frozen, or not mounted.
 */
export const thawDisk = async (fs: string): Promise<void> => {
  if (await isMounted(fs)) await attempt(["fsfreeze", "--unfreeze", fs]);
};

export const unmountDisk = async (place: DiskPlace): Promise<void> => {
  await thawDisk(fsOf(place));
  // Listed anew each time: one umount may have taken several with it.
  for (
    let [point] = await mountsBelow(place.folder);
    point !== undefined;
    [point] = await mountsBelow(place.folder)
  )
    await run(["umount", point]);
};

/** Drops what was written and not synced, as the loss of power does. */
export const losePower = async (place: DiskPlace): Promise<void> => {
  await thawDisk(fsOf(place));
  if (await isMounted(fsOf(place))) await attempt(["xfs_io", "-x", "-c", "shutdown", fsOf(place)]);
};

/** The disk is not mounted. Only grows. */
export const growDisk = async (place: DiskPlace, gibibytes: number): Promise<void> => {
  const disk = diskOf(place);
  const bytes = gibibytes * 1024 ** 3;
  if ((await stat(disk)).size >= bytes) return;
  await truncate(disk, bytes);
  // e2fsck's exit codes 1 and 2 mean: repaired (a journal replayed).
  const checked = await attempt(["e2fsck", "-f", "-p", disk]);
  if (checked.code > 2)
    throw new Error(`e2fsck ${disk}: ${checked.stderr.trim() || checked.stdout.trim()}`);
  await run(["resize2fs", disk]);
};

/**
 * Copies a machine's disk; resolves with the bytes that it takes. A mounted one is frozen
 * meanwhile, so the copy is what a power cut would leave.
 */
export const copyDisk = async (place: DiskPlace, target: string): Promise<number> => {
  const fs = fsOf(place);
  const live = await isMounted(fs);
  if (live) await run(["fsfreeze", "--freeze", fs]);
  try {
    await copySparse(diskOf(place), target);
  } finally {
    if (live) await run(["fsfreeze", "--unfreeze", fs]);
  }
  return (await stat(target)).blocks * 512;
};
