import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";

/** systemd-timesyncd touches it each time that it has set the clock (timesyncd-manager.c). */
const SYNCED = "run/systemd/timesync/synchronized";
/** There in a container, whose clock is its host's: systemd-timesyncd does not start in one. */
const CONTAINER = "run/systemd/container";

const touched = (path: string): Promise<number | undefined> =>
  stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => undefined,
  );

/**
 * For how long no time server has set this machine's clock: since its start, where none has yet.
 * Undefined where the clock is not its own, or nobody knows.
 */
export const unsyncedSeconds = async (now: number, root = "/"): Promise<number | undefined> => {
  if ((await touched(join(root, CONTAINER))) !== undefined) return undefined;
  const synced = await touched(join(root, SYNCED));
  if (synced !== undefined) return Math.max(0, Math.round((now - synced) / 1000));
  const uptime = await readFile(join(root, "proc/uptime"), "utf8").catch(() => "");
  return uptime === "" ? undefined : Math.round(Number(uptime.split(" ")[0]));
};
