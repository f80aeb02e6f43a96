import { mkdir, readFile, rename, rm, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { exists } from "../files";
import { copySparse } from "./disk";
import { enter } from "./enter";
import type { VolumeSpec } from "./hypervisor";
import { initOf } from "./init";
import { detachLoops, loopsOf, openLoop } from "./loops";
import { attempt, run } from "./run";
import type { Surroundings } from "./surroundings";

/** Block storage: <machines>/volumes/<id>.raw, a sparse file behind a loop device while a running machine has it. */
const fileOf = (machines: string, volumeId: string): string => {
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

/** Makes the volume unless it is there: in one step, so that a killed run leaves none that is half-formatted. */
const ensureVolume = async (machines: string, volume: VolumeSpec): Promise<string> => {
  const file = fileOf(machines, volume.id);
  if (await exists(file)) return file;
  await mkdir(join(machines, "volumes"), { recursive: true });
  await writeFile(`${file}.new`, "");
  await truncate(`${file}.new`, volume.sizeGiB * 1024 ** 3);
  await format(`${file}.new`, volume);
  await rename(`${file}.new`, file);
  return file;
};

const loopOf = async (file: string): Promise<string | undefined> =>
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

const lasting = ({ name }: VolumeSpec): string => `/dev/disk/by-id/scsi-0DO_Volume_${name}`;
/** As DigitalOcean's: the disk after the machine's own, and a name that doesn't change. */
const names = (volume: VolumeSpec, index: number): string[] => [
  `/dev/sd${String.fromCharCode(97 + index)}`,
  lasting(volume),
];

/** The machine is off: its volumes' devices are freed. */
export const closeVolumes = async (
  machines: string,
  volumes: readonly VolumeSpec[],
): Promise<void> => {
  for (const volume of volumes) await detachLoops(fileOf(machines, volume.id));
};

const numbersOf = async (device: string): Promise<[number, number]> => {
  const { rdev } = await stat(device);
  return [rdev >> 8, rdev & 0xff];
};

/** Under the first letter that is free now: those of the others stay theirs until the next boot. */
const PLUG_SCRIPT = `
[ "$(stat -Lc %t:%T "$1" 2>/dev/null)" != "$(printf %x:%x "$2" "$3")" ] || exit 0
for letter in a b c d e f g h i j k l m n o p q r s t u v w x y z; do [ -e "/dev/sd$letter" ] || break; done
mkdir -p /dev/disk/by-id
mknod -m 660 "/dev/sd$letter" b "$2" "$3"
ln -sfn "/dev/sd$letter" "$1"`;

/** Shows a volume to a machine that runs. */
export const plugVolume = async (
  around: Surroundings,
  dropletId: number,
  volume: VolumeSpec,
): Promise<void> => {
  const device = await openLoop(await ensureVolume(around.paths.machines, volume));
  const [major, minor] = await numbersOf(device);
  const made = await enter(around, dropletId, [
    "sh",
    "-ec",
    PLUG_SCRIPT,
    "sh",
    lasting(volume),
    String(major),
    String(minor),
  ]);
  if (made.code !== 0)
    throw new Error(
      `droplet ${dropletId} can't be given volume ${volume.name}: ${made.stderr.trim()}`,
    );
};

/** Takes a volume from a machine that runs; rejects while it is mounted there: it could be given to nobody else. */
export const unplugVolume = async (
  around: Surroundings,
  dropletId: number,
  volume: VolumeSpec,
): Promise<void> => {
  const { host, paths } = around;
  const device = await loopOf(fileOf(paths.machines, volume.id));
  const pid = await initOf(host, paths.id, dropletId);
  if (device && pid !== undefined) {
    const [major, minor] = await numbersOf(device);
    const mounted = (await readFile(`/proc/${pid}/mountinfo`, "utf8"))
      .split("\n")
      .find((line) => line.split(" ")[2] === `${major}:${minor}` && !line.includes(" - devtmpfs "));
    if (mounted)
      throw new Error(
        `volume ${volume.name} is mounted on ${mounted.split(" ")[4]} in droplet ${dropletId}; unmount it there first`,
      );
    await enter(around, dropletId, [
      "sh",
      "-c",
      'for node in "$1" $(find /dev -maxdepth 1 -name "sd?"); do [ "$(stat -Lc %t:%T "$node")" = "$2" ] && { umount "$node" 2>/dev/null; rm -f "$node"; }; done',
      "sh",
      lasting(volume),
      `${major.toString(16)}:${minor.toString(16)}`,
    ]);
  }
  await detachLoops(fileOf(paths.machines, volume.id));
};

/** Only grows; a machine that has it sees the new size at once. The file system in it is the machine's to grow. */
export const growVolume = async (
  machines: string,
  volumeId: string,
  gibibytes: number,
): Promise<void> => {
  const file = fileOf(machines, volumeId);
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
  const [from, to] = [fileOf(machines, fromId), fileOf(machines, toId)];
  if (!(await exists(from))) return 0;
  const device = await loopOf(from);
  // Also writes what its file system holds back: the machine that has it mounted shares the host's kernel.
  if (device) await run(["blockdev", "--flushbufs", device]);
  await copySparse(from, `${to}.new`);
  await rename(`${to}.new`, to);
  return (await stat(to)).blocks * 512;
};

export const removeVolume = (machines: string, volumeId: string): Promise<void> =>
  rm(fileOf(machines, volumeId), { force: true });
