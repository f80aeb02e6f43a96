import { mkdir, readdir, rm } from "node:fs/promises";
import { basename, join } from "node:path";

import { exists, readIfThere, unlessGone, writeAtomically } from "../files";
import { copyDisk, diskOf, growDisk, makeDisk, type DiskPlace } from "./disk";
import { readMachines } from "./machine-file";
import { mountsBelow } from "./mounts";
import { run } from "./run-program";
import { copySparse } from "./sparse-files";

/**
 * Snapshots are disks too: <machines>/snapshots/<key>.ext4 and .json, which names the base image
 * under the disk.
 */
const fileOf = (machines: string, key: string, kind: "ext4" | "json"): string => {
  if (!/^[A-Za-z0-9._-]+$/.test(key)) throw new Error(`"${key}" is not a snapshot's key`);
  return join(machines, "snapshots", `${key}.${kind}`);
};

/** Resolves with the bytes that it takes. Written last, the .json file makes it one. */
export const takeSnapshot = async (
  place: DiskPlace,
  base: string,
  key: string,
): Promise<number> => {
  await mkdir(join(place.machines, "snapshots"), { recursive: true });
  const bytes = await copyDisk(place, fileOf(place.machines, key, "ext4"));
  await writeAtomically(fileOf(place.machines, key, "json"), JSON.stringify({ base, bytes }));
  return bytes;
};

/** A custom image is a base of its own, and a snapshot of nothing over it. */
export const customBase = (key: string): string => `custom-${key}.squashfs`;
export const keepCustom = async (machines: string, key: string, bytes: number): Promise<void> => {
  await mkdir(join(machines, "snapshots"), { recursive: true });
  await writeAtomically(
    fileOf(machines, key, "json"),
    JSON.stringify({ base: customBase(key), bytes }),
  );
};

const basesInUse = async (machines: string): Promise<Set<string>> => {
  const { files } = await readMachines(machines);
  const kept = (await unlessGone(readdir(join(machines, "snapshots")), [])).filter((name) =>
    name.endsWith(".json"),
  );
  const facts = await Promise.all(
    kept.map((name) => readIfThere(join(machines, "snapshots", name))),
  );
  return new Set([
    ...files.map(({ base }) => base),
    ...facts.map((text) => (JSON.parse(text ?? "{}") as { base?: string }).base ?? ""),
  ]);
};

/** A custom image that was deleted stays for as long as a machine or a snapshot lies over it. */
export const dropUnusedBases = async (machines: string): Promise<void> => {
  const custom = (await unlessGone(readdir(join(machines, "bases")), [])).filter(
    (name) => name.startsWith("custom-") && name.endsWith(".squashfs"),
  );
  if (custom.length === 0) return;
  const used = await basesInUse(machines);
  for (const name of custom.filter((one) => !used.has(one))) {
    const point = join(machines, "bases", basename(name, ".squashfs"));
    if ((await mountsBelow(point)).length) await run(["umount", point]);
    await rm(join(machines, "bases", name), { force: true });
    await rm(point, { recursive: true, force: true });
  }
};

export const dropSnapshot = async (machines: string, key: string): Promise<void> => {
  await rm(fileOf(machines, key, "json"), { force: true });
  await rm(fileOf(machines, key, "ext4"), { force: true });
  await dropUnusedBases(machines);
};

/**
 * Makes a machine's disk from an image: empty over the base image (a file name) or a custom image,
 * or a snapshot's copy. Resolves with the base's file name.
 */
export const diskFromImage = async (
  place: DiskPlace,
  image: string,
  gibibytes: number,
  baseImage: string,
): Promise<string> => {
  if (image === "debian-13-x64") {
    await makeDisk(place, gibibytes);
    return baseImage;
  }
  const facts = await readIfThere(fileOf(place.machines, image, "json"));
  if (facts === null)
    throw new Error(
      `there is no image "${image}" on this host: debian-13-x64, or a snapshot of the local cloud`,
    );
  const { base } = JSON.parse(facts) as { base: string };
  const disk = fileOf(place.machines, image, "ext4");
  if (!(await exists(disk))) {
    await makeDisk(place, gibibytes);
    return base;
  }
  await rm(diskOf(place), { force: true });
  await copySparse(disk, diskOf(place));
  await growDisk(place, gibibytes);
  return base;
};
