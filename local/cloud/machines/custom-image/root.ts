import { mkdir, lstat } from "node:fs/promises";
import { join } from "node:path";

import { isErrorOf } from "../../files";
import { mountLoop } from "../mounts";
import { attempt, run } from "../run-program";

export interface Extent {
  /** In bytes. */ readonly start: number;
  readonly size: number | null;
}

const SECTOR = 512;

/** Where a file system may be: each partition, or all of a disk without a partition table. Pure. */
export const extentsOf = (partx: string): Extent[] => {
  const partitions = partx
    .split("\n")
    .filter(Boolean)
    .map((line) => line.trim().split(/\s+/).map(Number) as [number, number]);
  return partitions.length
    ? partitions.map(([start, size]) => ({ start: start * SECTOR, size: size * SECTOR }))
    : [{ start: 0, size: null }];
};

/** Without a table partx says nothing on standard output. */
const extents = async (file: string): Promise<Extent[]> =>
  extentsOf(
    (
      await attempt([
        "partx",
        "--raw",
        "--noheadings",
        "--bytes",
        "--output",
        "START,SECTORS",
        file,
      ])
    ).stdout,
  );

const typeOf = async (file: string, { start, size }: Extent): Promise<string> =>
  (
    await attempt([
      "blkid",
      "--probe",
      "--offset",
      String(start),
      ...(size === null ? [] : ["--size", String(size)]),
      "--match-tag",
      "TYPE",
      "--output",
      "value",
      file,
    ])
  ).stdout.trim();

/** In an image of somebody else: a file where a folder should be is no init either. */
const isThere = async (path: string): Promise<boolean> => {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (isErrorOf(error, "ENOENT", "ENOTDIR", "ELOOP")) return false;
    throw error;
  }
};
const inits = ["usr/lib/systemd/systemd", "lib/systemd/systemd", "sbin/init", "usr/sbin/init"];

/**
 * Mounts the first ext3 or ext4 file system that a system can be booted from; what DigitalOcean
 * takes. The file is ours: its journal is replayed.
 */
export const mountRoot = async (file: string, point: string): Promise<void> => {
  await mkdir(point, { recursive: true });
  for (const extent of await extents(file)) {
    if (!["ext3", "ext4"].includes(await typeOf(file, extent))) continue;
    await attempt(["e2fsck", "-f", "-p", extent.start ? `${file}?offset=${extent.start}` : file]);
    await mountLoop(
      [
        "ro",
        "nosuid",
        "nodev",
        `offset=${extent.start}`,
        ...(extent.size === null ? [] : [`sizelimit=${extent.size}`]),
      ].join(","),
      file,
      point,
    );
    if ((await Promise.all(inits.map((path) => isThere(join(point, path))))).some(Boolean)) return;
    await run(["umount", point]);
  }
  throw new Error(
    "the image holds no Linux system that could be booted: an ext3 or ext4 root file system with an init, in a partition or alone",
  );
};
