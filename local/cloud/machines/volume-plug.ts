import { readFile, stat } from "node:fs/promises";

import { enter } from "./enter";
import { initOf } from "./init";
import { detachLoops, openLoop } from "./loops";
import type { VolumeSpec } from "./spec";
import type { Surroundings } from "./surroundings";
import { ensureVolume, lastingName, loopOf, volumeFile } from "./volumes";

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
    lastingName(volume),
    String(major),
    String(minor),
  ]);
  if (made.code !== 0)
    throw new Error(
      `droplet ${dropletId} can't be given volume ${volume.name}: ${made.stderr.trim()}`,
    );
};

/**
 * Takes a volume from a machine that runs; rejects while it is mounted there: it could be given to
 * nobody else.
 */
export const unplugVolume = async (
  around: Surroundings,
  dropletId: number,
  volume: VolumeSpec,
): Promise<void> => {
  const { host, paths } = around;
  const device = await loopOf(volumeFile(paths.machines, volume.id));
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
      'for node in "$1" $(find /dev -maxdepth 1 -name "sd?"); do [ "$(stat -Lc %t:%T ' +
        '"$node")" = "$2" ] && { umount "$node" 2>/dev/null; rm -f "$node"; }; done',
      "sh",
      lastingName(volume),
      `${major.toString(16)}:${minor.toString(16)}`,
    ]);
  }
  await detachLoops(volumeFile(paths.machines, volume.id));
};
