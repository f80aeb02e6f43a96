import { readFile, writeFile } from "node:fs/promises";

const INOTIFY_INSTANCES = "/proc/sys/fs/inotify/max_user_instances";
/**
 * Linux gives all machines together, as all are root's, 128 by default; each machine's systemd and
 * its like take about eight.
 */
const WANTED = 1024;

/**
 * Raises the host's limit until its next boot where it is lower: from about the fourteenth machine
 * on, systemd would not start.
 */
export const raiseHostLimits = async (file = INOTIFY_INSTANCES): Promise<void> => {
  if (Number(await readFile(file, "utf8")) < WANTED) await writeFile(file, String(WANTED));
};
