import { rm } from "node:fs/promises";
import { join } from "node:path";

import { type DiskPlace, fsOf } from "./disk";
import { run } from "./run-program";

const filler = (place: DiskPlace): string => join(fsOf(place), "filler");

/**
 * Most of it at once, behind what an earlier filling holds (a power cut may have left that, or part
 * of it); then to the last block.
 */
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
