import {
  link,
  copyFile,
  mkdir,
  readFile,
  rename,
  rm,
  truncate,
  writeFile,
  stat,
} from "node:fs/promises";
import { basename, join } from "node:path";

import { exists } from "../files";
import { pointsBelow } from "./foreign-mounts";
import { untilFree } from "./loops";
import { attempt, run } from "./run";

/**
 * A machine's disk: a sparse ext4 image of the size's limit, the upper layer over the read-only base image.
 * <machines>/<id>/disk.ext4, mounted on .../fs; the machine's root is .../root; bases are in <machines>/bases.
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

/** Mount points at or below a folder, deepest (latest) first. */
export const mountsBelow = async (folder: string): Promise<string[]> =>
  pointsBelow(await readFile("/proc/self/mountinfo", "utf8"), folder);

const isMounted = async (point: string): Promise<boolean> =>
  (await mountsBelow(point)).includes(point);

/** Makes our mounts vanish everywhere once unmounted here: a shell in a private mount namespace can't keep a disk busy. */
export const shareMounts = async (machines: string): Promise<void> => {
  await mkdir(machines, { recursive: true });
  if (await isMounted(machines)) return;
  await run(["mount", "--bind", machines, machines]);
  // Where systemd runs the host, all mounts are shared: ours would come twice, here and hidden below in the folder that is bound. First cut off, then shared.
  await run(["mount", "--make-private", machines]);
  await run(["mount", "--make-shared", machines]);
};

/** Another process may take the free loop device that mount has just found: then it is tried again. */
export const mountLoop = async (options: string, file: string, point: string): Promise<void> => {
  for (let tries = 1; ; tries++) {
    try {
      return void (await run(["mount", "-o", `loop,${options}`, file, point]));
    } catch (error) {
      if (tries === 5) throw error;
    }
  }
};

/** Bases being mounted: machines that are made together need the same one. */
const mounting = new Map<string, Promise<string>>();

/** Keeps a base image in the lab, where clearing the cache can't reach it, and mounts it. Resolves with the mount point. */
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

export const makeDisk = async (place: DiskPlace, gibibytes: number): Promise<void> => {
  const disk = diskOf(place);
  await rm(disk, { force: true });
  await writeFile(disk, "");
  await truncate(disk, gibibytes * 1024 ** 3);
  await run(["mkfs.ext4", "-q", "-E", "lazy_itable_init=1,lazy_journal_init=1,nodiscard", disk]);
};

/** For a host where everything takes its time. */
const FREE_WITHIN = 20_000;

/** Mounts disk and root, when nobody has the disk any more: a second overlay on the same upper layer would destroy it. */
export const mountDisk = async (place: DiskPlace, base: string): Promise<void> => {
  const [fs, root, disk] = [fsOf(place), rootOf(place), diskOf(place)];
  if (await isMounted(root)) return;
  await unmountDisk(place);
  await untilFree(disk, place.folder, FREE_WITHIN);
  await mkdir(fs, { recursive: true });
  await mkdir(root, { recursive: true });
  // A power cut costs what the last journal commit (5 s) did not have. With delayed allocation it would empty every file of the
  // last 30 s: all of a machine that has just been set up, as the image's dpkg doesn't sync either.
  await mountLoop("nodelalloc", disk, fs);
  await mkdir(join(fs, "up"), { recursive: true });
  await mkdir(join(fs, "wk"), { recursive: true });
  await run([
    "mount",
    "-t",
    "overlay",
    "second-server",
    "-o",
    `lowerdir=${base},upperdir=${join(fs, "up")},workdir=${join(fs, "wk")}`,
    root,
  ]);
};

/**
 * Ends what a snapshot that was killed began. A frozen file system holds up every writer, and one that is unmounted frozen is
 * never freed: its loop device stays, and with it the lab's folder. Fine when it is not frozen, or not mounted.
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

/** Copies a file, holes as holes. */
export const copySparse = async (source: string, target: string): Promise<void> => {
  await run(["cp", "--sparse=always", "--reflink=auto", source, target]);
};

/** Copies a machine's disk; resolves with the bytes that it takes. A mounted one is frozen meanwhile, so the copy is what a power cut would leave. */
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

const filler = (place: DiskPlace): string => join(fsOf(place), "filler");

/** Most of it at once, behind what an earlier filling holds (a power cut may have left that, or part of it); then to the last block. */
const FILL_SCRIPT = `
free=$(($(stat -f -c %f "$1") * $(stat -f -c %S "$1")))
held=0; [ ! -e "$2" ] || held=$(stat -c %s "$2")
[ "$free" = 0 ] || fallocate -o "$held" -l "$free" "$2" 2>/dev/null || true
said=$(dd if=/dev/zero of="$2" bs=1M oflag=append conv=notrunc 2>&1) || true
case "$said" in *"No space left on device"*) ;; *) echo "$said" >&2; exit 1;; esac`;

/** Takes all that is free, out of the machine's sight. */
export const fillDisk = async (place: DiskPlace): Promise<void> => {
  await run(["sh", "-ec", FILL_SCRIPT, "sh", fsOf(place), filler(place)], { env: { LC_ALL: "C" } });
};
export const unfillDisk = (place: DiskPlace): Promise<void> => rm(filler(place), { force: true });
