import { mkdir, rename, rm, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { exists } from "../files";
import { detachLoops, loopsOf, openLoop } from "./loops";
import { attempt, run } from "./run-program";
import { copySparse } from "./sparse-files";
import type { VolumeSpec } from "./spec";

/**
 * Block storage: <machines>/volumes/<id>.raw, a sparse file behind a loop device while a running
 * machine has it.
 */
export const volumeFile = (machines: string, volumeId: string): string => {
  if (!/^[A-Za-z0-9-]+$/.test(volumeId)) throw new Error(`"${volumeId}" is not a volume's id`);
  return join(machines, "volumes", `${volumeId}.raw`);
};

const format = async (file: string, { filesystem, label }: VolumeSpec): Promise<void> => {
  if (filesystem === "ext4")
    await run([
      "mkfs.ext4",
      "-q",
      "-E",
      "lazy_itable_init=1,lazy_journal_init=1,nodiscard",
      ...(label ? ["-L", label] : []),
      file,
    ]);
  if (filesystem === "xfs")
    await run(["mkfs.xfs", "-q", "-f", ...(label ? ["-L", label] : []), file]);
};

/**
 * Makes the volume unless it is there: in one step, so that a killed run leaves none that is
 * half-formatted.
 */
export const ensureVolume = async (machines: string, volume: VolumeSpec): Promise<string> => {
  const file = volumeFile(machines, volume.id);
  if (await exists(file)) return file;
  await mkdir(join(machines, "volumes"), { recursive: true });
  await writeFile(`${file}.new`, "");
  await truncate(`${file}.new`, volume.sizeGiB * 1024 ** 3);
  await format(`${file}.new`, volume);
  await rename(`${file}.new`, file);
  return file;
};

export const loopOf = async (file: string): Promise<string | undefined> =>
  (await loopsOf(file))[0]?.device;

/** What a machine that is about to boot has to be given: the host's device and its names inside. */
export const openVolumes = async (
  machines: string,
  volumes: readonly VolumeSpec[],
): Promise<{ device: string; inside: string[] }[]> =>
  Promise.all(
    volumes.map(async (volume, index) => ({
      device: await openLoop(await ensureVolume(machines, volume)),
      inside: names(volume, index),
    })),
  );

export const lastingName = ({ name }: VolumeSpec): string =>
  `/dev/disk/by-id/scsi-0DO_Volume_${name}`;
/** As DigitalOcean's: the disk after the machine's own, and a name that doesn't change. */
const names = (volume: VolumeSpec, index: number): string[] => [
  `/dev/sd${String.fromCharCode(97 + index)}`,
  lastingName(volume),
];

/** The machine is off: its volumes' devices are freed. */
export const closeVolumes = async (
  machines: string,
  volumes: readonly VolumeSpec[],
): Promise<void> => {
  for (const volume of volumes) await detachLoops(volumeFile(machines, volume.id));
};

/**
 * Only grows; a machine that has it sees the new size at once. The file system in it is the
 * machine's to grow.
 */
export const growVolume = async (
  machines: string,
  volumeId: string,
  gibibytes: number,
): Promise<void> => {
  const file = volumeFile(machines, volumeId);
  // One that was never attached is made in its size then.
  if (!(await exists(file)) || (await stat(file)).size >= gibibytes * 1024 ** 3) return;
  await truncate(file, gibibytes * 1024 ** 3);
  const device = await loopOf(file);
  if (device) await attempt(["losetup", "--set-capacity", device]);
};

/** In one step, so that a killed run leaves no half of a copy. */
export const copyVolume = async (
  machines: string,
  fromId: string,
  toId: string,
): Promise<number> => {
  const [from, to] = [volumeFile(machines, fromId), volumeFile(machines, toId)];
  if (!(await exists(from))) return 0;
  const device = await loopOf(from);
  // Also writes what its file system holds back: the machine that has it mounted shares the host's
  // kernel.
  if (device) await run(["blockdev", "--flushbufs", device]);
  await copySparse(from, `${to}.new`);
  await rename(`${to}.new`, to);
  return (await stat(to)).blocks * 512;
};

export const removeVolume = (machines: string, volumeId: string): Promise<void> =>
  rm(volumeFile(machines, volumeId), { force: true });
