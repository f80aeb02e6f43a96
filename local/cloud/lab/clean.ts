import { rm, stat } from "node:fs/promises";
import { basename, dirname } from "node:path";

import { removeIfEmpty, unlessGone } from "../files";
import {
  hostHierarchies,
  killGroup,
  listGroups,
  removeGroup,
  type Hierarchies,
} from "../machines/cgroups";
import { thawDisk } from "../machines/disk";
import { unmountElsewhere } from "../machines/foreign-mounts";
import { signal } from "../machines/init";
import { detachLoops, untilFree } from "../machines/loops";
import { mountsBelow } from "../machines/mounts";
import { removeNspawnLeftovers } from "../machines/nspawn-leftovers";
import { attempt } from "../machines/run-program";
import { labNamespaces, tearDownNetwork } from "../network/namespaces";
import type { LabPaths } from "../paths";
import { HELPERS_GROUP, mirrorSocket } from "./processes";

/** Ancestors of ours, and we: a command started inside the lab may well clean it up. */
const ourselves = async (): Promise<Set<string>> => {
  const found = new Set<string>();
  for (let pid = String(process.pid); pid && pid !== "0" && !found.has(pid);) {
    found.add(pid);
    pid = (await attempt(["ps", "-o", "ppid=", "-p", pid])).stdout.trim();
  }
  return found;
};

/** Kills whatever still is in one of the lab's namespaces: commands that were started inside. */
const killInside = async (lab: string): Promise<void> => {
  const spared = await ourselves();
  for (const name of await labNamespaces(lab)) {
    const { stdout } = await attempt(["ip", "netns", "pids", name]);
    for (const pid of stdout.split("\n").filter(Boolean)) {
      if (!spared.has(pid)) signal(Number(pid), "SIGKILL");
    }
  }
};

const unmountAll = async (folder: string): Promise<void> => {
  // A mount may be there twice; a busy one is freed as soon as the processes just killed have left
  // it.
  await unmountElsewhere(folder);
  const deadline = Date.now() + 60_000;
  for (let mounts = await mountsBelow(folder); mounts.length; mounts = await mountsBelow(folder)) {
    if (Date.now() > deadline)
      throw new Error(
        `can't unmount ${mounts[0]}: ${(await attempt(["umount", mounts[0]!])).stderr.trim()}`,
      );
    for (const point of mounts) await attempt(["umount", point]);
    // A volume's file keeps the folder's own mount busy for as long as its loop device is there.
    await detachLoops(folder);
  }
};

/**
 * A killed nspawn leaves the lock that it named after its root's inode. The roots have to be
 * mounted still.
 */
const removeRootLocks = async (machines: string): Promise<void> => {
  for (const point of await mountsBelow(machines)) {
    if (!point.endsWith("/root")) continue;
    const found = await unlessGone(stat(point), undefined);
    if (found)
      await rm(`/run/systemd/nspawn/locks/inode-${found.dev}:${found.ino}`, { force: true });
  }
};

/**
 * A snapshot that was killed leaves its disk frozen: nothing that writes there ends, and no
 * unmounting frees it.
 */
export const thawDisks = async (paths: LabPaths): Promise<void> => {
  for (const point of await mountsBelow(paths.machines))
    if (basename(point) === "fs") await thawDisk(point);
};

/**
 * Frees all that the kernel holds of a lab whose processes may be in any state: groups, mounts,
 * loop devices, namespaces, sockets. Idempotent.
 */
export const releaseEverything = async (paths: LabPaths): Promise<void> => {
  const host: Hierarchies = await hostHierarchies();
  // The daemon first: it would react to what happens to its machines.
  await killGroup(host, paths.id, HELPERS_GROUP);
  await thawDisks(paths);
  await Promise.all(
    (await listGroups(host, paths.id)).map((group) => killGroup(host, paths.id, group)),
  );
  await killInside(paths.id);
  await removeRootLocks(paths.machines);
  await unmountAll(paths.machines);
  await tearDownNetwork(paths);
  await removeGroup(host, paths.id);
  await removeNspawnLeftovers((machine) => machine.startsWith(`ss${paths.id}-`));
  await removeSockets(paths);
  await untilFree(paths.machines, paths.machines, 20_000);
};

export const removeSockets = async (paths: LabPaths): Promise<void> => {
  for (const socket of [paths.socket, mirrorSocket(paths)]) await rm(socket, { force: true });
  // Another lab's socket keeps the folder.
  await removeIfEmpty(dirname(paths.socket));
};
