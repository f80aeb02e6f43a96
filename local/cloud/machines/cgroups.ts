import { watch, type FSWatcher } from "node:fs";
import { mkdir, readFile, readdir, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { exists, removeIfEmpty, unlessGone } from "../files";

/**
 * One group a machine and one for our own helpers, in each hierarchy that the host has. The cgroup2
 * one tells whether anything of a machine is alive (`populated`) and kills all of it
 * (`cgroup.kill`); limits go wherever their controller is.
 */
export interface Hierarchies {
  /** Mount point of cgroup2: the only one on a modern host, `unified` on a hybrid one. */
  readonly unified: string;
  /**
   * Mount points of the v1 hierarchies that machines join, by controller ("memory", "cpu",
   * "cpuset", "pids", "freezer", "name=systemd").
   */
  readonly v1: Readonly<Record<string, string>>;
}

const joined = ["memory", "cpu", "cpuset", "pids", "freezer", "name=systemd"];

/** Reads /proc/self/mountinfo's text. Throws when there is no cgroup2. */
export const parseHierarchies = (mountinfo: string): Hierarchies => {
  let unified: string | undefined;
  const v1: Record<string, string> = {};
  for (const line of mountinfo.split("\n")) {
    const [before, after] = line.split(" - ");
    if (!before || !after) continue;
    const mountPoint = before.split(" ")[4]!;
    const [type, , options] = after.split(" ");
    if (type === "cgroup2") unified ??= mountPoint;
    if (type === "cgroup")
      for (const option of options!.split(","))
        if (joined.includes(option)) v1[option] ??= mountPoint;
  }
  if (!unified)
    throw new Error(
      "no cgroup2 hierarchy is mounted: mount -t cgroup2 none /sys/fs/cgroup/unified",
    );
  return { unified, v1 };
};

export const hostHierarchies = async (): Promise<Hierarchies> =>
  parseHierarchies(await readFile("/proc/self/mountinfo", "utf8"));

/** Ours are under this name, then by the lab's id: second-server/<id>/<group>. */
const FAMILY = "second-server";
const relative = (lab: string, group = ""): string => join(FAMILY, lab, group);

export const unifiedPath = (host: Hierarchies, lab: string, group: string): string =>
  join(host.unified, relative(lab, group));

const allRoots = (host: Hierarchies): string[] => [
  ...new Set([host.unified, ...Object.values(host.v1)]),
];

/**
 * On cgroup2 a controller has to be handed down level by level; one that the host doesn't give us
 * is left out. No process may be in the folder itself.
 */
export const handDown = async (folder: string): Promise<void> => {
  for (const controller of ["memory", "cpu", "cpuset", "pids"])
    await writeFile(join(folder, "cgroup.subtree_control"), `+${controller}`).catch(
      () => undefined,
    );
};

/** A group's folder below one hierarchy's mount point. */
export const groupFolder = (root: string, lab: string, group: string): string =>
  join(root, relative(lab, group));

/** A group's folder in each hierarchy. */
export const groupFolders = (host: Hierarchies, lab: string, group: string): string[] =>
  allRoots(host).map((root) => join(root, relative(lab, group)));

/** A v1 cpuset takes no process before it has CPUs and memory nodes: those of the folder above. */
const inheritCpus = async (folder: string): Promise<void> => {
  for (const name of ["cpuset.cpus", "cpuset.mems"]) {
    if ((await readFile(join(folder, name), "utf8")).trim() === "")
      await writeFile(join(folder, name), await readFile(join(folder, "..", name), "utf8"));
  }
};

/**
 * Makes a group everywhere. Resolves with the folders whose cgroup.procs a process has to write
 * itself into.
 */
export const makeGroup = async (
  host: Hierarchies,
  lab: string,
  group: string,
): Promise<string[]> => {
  for (const folder of [
    host.unified,
    join(host.unified, FAMILY),
    join(host.unified, relative(lab)),
  ]) {
    await mkdir(folder, { recursive: true });
    await handDown(folder);
  }
  const folders = groupFolders(host, lab, group);
  for (const folder of folders) await mkdir(folder, { recursive: true });
  if (host.v1["cpuset"])
    for (const level of [
      join(host.v1["cpuset"], FAMILY),
      join(host.v1["cpuset"], relative(lab)),
      join(host.v1["cpuset"], relative(lab, group)),
    ])
      await inheritCpus(level);
  return folders;
};

export interface Limits {
  readonly memoryMiB: number;
  readonly vcpus: number;
  /** The host's, by number. */ readonly cpus: readonly number[];
  readonly processes: number;
}

const put = async (file: string, value: string): Promise<boolean> =>
  writeFile(file, value).then(
    () => true,
    () => false,
  );

/** Sets a machine's limits as far as the host can; resolves with the names of those it can't. */
export const limitGroup = async (
  host: Hierarchies,
  lab: string,
  group: string,
  limits: Limits,
): Promise<string[]> => {
  const bytes = String(limits.memoryMiB * 1024 * 1024);
  const v1 = (controller: string, file: string): string =>
    join(host.v1[controller]!, relative(lab, group), file);
  const v2 = (file: string): string => join(host.unified, relative(lab, group), file);
  const set = {
    // Droplets have no swap: on a host that has some, a machine would go on slowly where a droplet
    // kills. No such file: no swap that is counted.
    memory: host.v1["memory"]
      ? put(v1("memory", "memory.limit_in_bytes"), bytes).then(async (done) => {
          await put(v1("memory", "memory.memsw.limit_in_bytes"), bytes);
          return done;
        })
      : put(v2("memory.swap.max"), "0").then(() => put(v2("memory.max"), bytes)),
    cpu: host.v1["cpu"]
      ? put(v1("cpu", "cpu.cfs_period_us"), "100000").then(() =>
          put(v1("cpu", "cpu.cfs_quota_us"), String(limits.vcpus * 100_000)),
        )
      : put(v2("cpu.max"), `${limits.vcpus * 100_000} 100000`),
    cpuset: put(
      host.v1["cpuset"] ? v1("cpuset", "cpuset.cpus") : v2("cpuset.cpus"),
      limits.cpus.join(","),
    ),
    pids: host.v1["pids"]
      ? put(v1("pids", "pids.max"), String(limits.processes))
      : put(v2("pids.max"), String(limits.processes)),
  };
  const failed: string[] = [];
  for (const [name, done] of Object.entries(set)) if (!(await done)) failed.push(name);
  return failed;
};

const events = async (folder: string): Promise<string> =>
  unlessGone(readFile(join(folder, "cgroup.events"), "utf8"), "populated 0\n");

/** Whether anything lives in the group or below it. */
export const isPopulated = async (host: Hierarchies, lab: string, group = ""): Promise<boolean> =>
  (await events(unifiedPath(host, lab, group))).includes("populated 1");

/** Resolves when the group is empty; rejects after `milliseconds`. */
export const waitUntilEmpty = async (
  host: Hierarchies,
  lab: string,
  group: string,
  milliseconds: number,
): Promise<void> => {
  const deadline = Date.now() + milliseconds;
  while (await isPopulated(host, lab, group)) {
    if (Date.now() > deadline)
      throw new Error(
        `processes of ${relative(lab, group)} are still alive after ${milliseconds} ms`,
      );
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};

/** Calls back whenever the group may have become empty or populated. */
export const watchGroup = (
  host: Hierarchies,
  lab: string,
  group: string,
  changed: () => void,
): FSWatcher => {
  const watcher = watch(
    join(unifiedPath(host, lab, group), "cgroup.events"),
    { persistent: false },
    changed,
  );
  watcher.on("error", changed);
  return watcher;
};

export const freezeGroup = (folder: string, frozen: boolean): Promise<void> =>
  writeFile(join(folder, "cgroup.freeze"), frozen ? "1" : "0");

/**
 * Kills everything in the group, at once and without appeal, and waits until it is gone. Fine when
 * there is no such group.
 */
export const killGroup = async (host: Hierarchies, lab: string, group: string): Promise<void> => {
  const folder = unifiedPath(host, lab, group);
  if (!(await exists(folder))) return;
  // A frozen process dies only once thawed.
  await unlessGone(freezeGroup(folder, false), undefined);
  await writeFile(join(folder, "cgroup.kill"), "1");
  await waitUntilEmpty(host, lab, group, 60_000);
};

const removeTree = async (folder: string): Promise<void> => {
  const entries = await unlessGone(readdir(folder, { withFileTypes: true }), []);
  for (const entry of entries) if (entry.isDirectory()) await removeTree(join(folder, entry.name));
  await unlessGone(rmdir(folder), undefined);
};

/** Removes an empty group everywhere, with all below it; without a group: the lab's whole tree. */
export const removeGroup = async (host: Hierarchies, lab: string, group = ""): Promise<void> => {
  for (const root of allRoots(host)) {
    await removeTree(join(root, relative(lab, group)));
    // The family's own folder stays while another lab uses it.
    if (!group) await removeIfEmpty(join(root, FAMILY));
  }
};

/** Names of the groups that the lab has. */
export const listGroups = async (host: Hierarchies, lab: string): Promise<string[]> =>
  (await unlessGone(readdir(join(host.unified, relative(lab)), { withFileTypes: true }), []))
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
