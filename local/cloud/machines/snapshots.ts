import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { readIfThere, writeAtomically } from "../files";
import { copyDisk, copySparse, diskOf, growDisk, makeDisk, type DiskPlace } from "./disk";

/** Snapshots are disks too: <machines>/snapshots/<key>.ext4 and .json, which names the base image under the disk. */
const fileOf = (machines: string, key: string, kind: "ext4" | "json"): string => {
  if (!/^[A-Za-z0-9._-]+$/.test(key)) throw new Error(`"${key}" is not a snapshot's key`);
  return join(machines, "snapshots", `${key}.${kind}`);
};

/** Resolves with the bytes that it takes. Written last, the .json file makes it one. */
export const takeSnapshot = async (place: DiskPlace, base: string, key: string): Promise<number> => {
  await mkdir(join(place.machines, "snapshots"), { recursive: true });
  const bytes = await copyDisk(place, fileOf(place.machines, key, "ext4"));
  await writeAtomically(fileOf(place.machines, key, "json"), JSON.stringify({ base, bytes }));
  return bytes;
};

export const dropSnapshot = async (machines: string, key: string): Promise<void> => {
  await rm(fileOf(machines, key, "json"), { force: true });
  await rm(fileOf(machines, key, "ext4"), { force: true });
};

/** Makes a machine's disk from an image: empty over the base image (a file name), or a snapshot's copy. Resolves with the base's file name. */
export const diskFromImage = async (place: DiskPlace, image: string, gibibytes: number, baseImage: string): Promise<string> => {
  if (image === "debian-13-x64") {
    await makeDisk(place, gibibytes);
    return baseImage;
  }
  const facts = await readIfThere(fileOf(place.machines, image, "json"));
  if (facts === null) throw new Error(`there is no image "${image}" on this host: debian-13-x64, or a snapshot of the local cloud`);
  const { base } = JSON.parse(facts) as { base: string };
  await rm(diskOf(place), { force: true });
  await copySparse(fileOf(place.machines, image, "ext4"), diskOf(place));
  await growDisk(place, gibibytes);
  return base;
};
