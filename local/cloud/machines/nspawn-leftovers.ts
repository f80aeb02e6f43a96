import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";

import { unlessGone } from "../files";
import { pointsBelow } from "./foreign-mounts";
import { run } from "./run-program";

const NSPAWN_STATE = "/run/systemd/nspawn";

/**
 * Removes what an nspawn that was killed has left in /run, of each machine whose name is `ours`.
 * The nspawn of Debian 13 boots no machine while the mount that its last run made in unix-export is
 * there. None of these machines may be running.
 */
export const removeNspawnLeftovers = async (
  ours: (machine: string) => boolean,
  state = NSPAWN_STATE,
): Promise<void> => {
  for (const kind of ["unix-export", "propagate"]) {
    for (const machine of (await unlessGone(readdir(join(state, kind)), [])).filter(ours)) {
      const folder = join(state, kind, machine);
      for (const point of pointsBelow(await readFile("/proc/self/mountinfo", "utf8"), folder))
        await run(["umount", point]);
      await rm(folder, { recursive: true, force: true });
    }
  }
};
