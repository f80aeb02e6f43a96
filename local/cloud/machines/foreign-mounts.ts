import { readFile, readdir, readlink } from "node:fs/promises";
import { attempt } from "./run";

const unescaped = (path: string): string => path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));

/** Mount points at or below a folder, deepest (latest) first, by a mountinfo's text. Pure. */
export const pointsBelow = (mountinfo: string, folder: string): string[] =>
  mountinfo.split("\n").filter(Boolean).map((line) => unescaped(line.split(" ")[4]!)).filter((point) => point === folder || point.startsWith(`${folder}/`)).reverse();

/**
 * Unmounts what is ours in everybody else's mount namespaces. Whoever made one meanwhile and wants no news of the host (plain
 * `unshare --mount`, some containers) has copies of our mounts, which hold disks and loop devices for as long as they live.
 */
export const unmountElsewhere = async (folder: string): Promise<void> => {
  const seen = new Set([await readlink("/proc/self/ns/mnt")]);
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    // A process that ended, or that even root may not look into: nothing can be done about its mounts.
    const namespace = await readlink(`/proc/${pid}/ns/mnt`).catch(() => undefined);
    if (namespace === undefined || seen.has(namespace)) continue;
    seen.add(namespace);
    const points = pointsBelow(await readFile(`/proc/${pid}/mountinfo`, "utf8").catch(() => ""), folder);
    if (points.length) await attempt(["nsenter", `--mount=/proc/${pid}/ns/mnt`, "umount", ...points]);
  }
};
