import { readFile, readdir, readlink } from "node:fs/promises";

import { isErrorOf } from "../files";
import { attempt } from "./run-program";

const unescaped = (path: string): string =>
  path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));

/** Mount points at or below a folder, deepest (latest) first, by a mountinfo's text. Pure. */
export const pointsBelow = (mountinfo: string, folder: string): string[] =>
  mountinfo
    .split("\n")
    .filter(Boolean)
    .map((line) => unescaped(line.split(" ")[4]!))
    .filter((point) => point === folder || point.startsWith(`${folder}/`))
    .reverse();

/**
 * A process that is ending (EINVAL: it has no mounts any more), or that even root may not look
 * into: nothing can be done about its mounts.
 */
const unlessHidden = async (work: Promise<string>): Promise<string | undefined> => {
  try {
    return await work;
  } catch (error) {
    if (isErrorOf(error, "ENOENT", "ESRCH", "EINVAL", "EACCES", "EPERM")) return undefined;
    throw error;
  }
};

const mountsOf = async (pid: string, folder: string): Promise<string[]> =>
  pointsBelow((await unlessHidden(readFile(`/proc/${pid}/mountinfo`, "utf8"))) ?? "", folder);

/**
 * Unmounts what is ours in everybody else's mount namespaces. Whoever made one meanwhile and wants
 * no news of the host (plain `unshare --mount`, some containers) has copies of our mounts, which
 * hold disks and loop devices for as long as they live. Resolves with the processes that keep
 * theirs: they use them.
 */
export const unmountElsewhere = async (folder: string): Promise<string[]> => {
  const seen = new Set([await readlink("/proc/self/ns/mnt")]);
  const keep: string[] = [];
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    const namespace = await unlessHidden(readlink(`/proc/${pid}/ns/mnt`));
    if (namespace === undefined || seen.has(namespace)) continue;
    seen.add(namespace);
    const points = await mountsOf(pid, folder);
    if (!points.length) continue;
    await attempt(["nsenter", `--mount=/proc/${pid}/ns/mnt`, "umount", ...points]);
    if ((await mountsOf(pid, folder)).length)
      keep.push(
        `process ${pid}: ${((await unlessHidden(readFile(`/proc/${pid}/cmdline`, "utf8"))) ?? "").replaceAll("\0", " ").trim().slice(0, 80)}`,
      );
  }
  return keep;
};
