import { mkdir, readFile, rm } from "node:fs/promises";

import { unlessGone } from "../files";
import { hostHierarchies, listGroups } from "../machines/cgroups";
import { signal } from "../machines/init";
import { askToPowerOff } from "../machines/machine";
import { attempt } from "../machines/run-program";
import type { LabPaths } from "../paths";
import { releaseEverything, removeSockets, thawDisks } from "./clean";
import type { Progress } from "./contract";
import { isAlive, isDaemonOf } from "./processes";
import { request, unlessSilent } from "./request";
import { pidFile, status } from "./start";

const waitForEnd = async (pid: number, milliseconds: number): Promise<boolean> => {
  const deadline = Date.now() + milliseconds;
  while (await isAlive(pid)) {
    if (Date.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return true;
};

/** `ps` shows a question mark for what it does not like in a folder's name. */
const commandOf = async (pid: number): Promise<string> => {
  if (process.platform === "linux")
    return (await unlessGone(readFile(`/proc/${pid}/cmdline`, "utf8"), "")).replaceAll("\0", " ");
  return (await attempt(["ps", "-o", "command=", "-p", String(pid)])).stdout;
};

/**
 * A daemon that runs no machines has no group to kill by: its process id is all there is, so it has
 * to be sure that it is its own.
 */
export const endPlainDaemon = async (paths: LabPaths): Promise<void> => {
  const pid = Number(await unlessGone(readFile(pidFile(paths), "utf8"), "0"));
  if (!pid || !(await isAlive(pid))) return;
  if (!isDaemonOf(paths, await commandOf(pid))) return;
  signal(pid, "SIGTERM");
  if (!(await waitForEnd(pid, 5000))) signal(pid, "SIGKILL");
};

/**
 * Machines whose daemon has died are asked one by one; who doesn't obey in time loses power with
 * the rest.
 */
const powerOffOrphans = async (paths: LabPaths): Promise<void> => {
  const host = await hostHierarchies();
  const ids = (await listGroups(host, paths.id)).flatMap((group) =>
    /^m\d+$/.test(group) ? [Number(group.slice(1))] : [],
  );
  await Promise.all(ids.map((dropletId) => askToPowerOff(host, paths.id, dropletId, 10)));
};

const canHaveMachines = (): boolean => process.platform === "linux" && process.getuid?.() === 0;

/**
 * Machines powered off cleanly, processes and namespaces gone, state kept. Fine when nothing runs.
 */
export const stop = async (paths: LabPaths, progress: Progress): Promise<void> => {
  const step = "local DigitalOcean";
  const started = Date.now();
  const now = await status(paths);
  if (now.running) {
    progress({ step, detail: "powering off the machines" });
    // It may end before it has answered.
    await unlessSilent(request(paths, "POST", "/local/shutdown"));
    if (now.pid) await waitForEnd(now.pid, 60_000);
  }
  await endPlainDaemon(paths);
  if (canHaveMachines()) {
    await mkdir(paths.machines, { recursive: true });
    await thawDisks(paths);
    await powerOffOrphans(paths);
    await releaseEverything(paths);
  } else await removeSockets(paths);
  await rm(pidFile(paths), { force: true });
  progress({ step, detail: "stopped", seconds: (Date.now() - started) / 1000 });
};

export const release = async (paths: LabPaths): Promise<void> => {
  if (canHaveMachines()) await releaseEverything(paths);
  else await removeSockets(paths);
};
