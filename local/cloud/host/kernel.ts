import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";

import { attempt } from "../machines/run-program";
import { exists, onPath } from "./on-path";
import type { HostProblem } from "./report";

const moduleOf: Readonly<Record<string, string>> = {
  overlay: "overlay",
  squashfs: "squashfs",
  ext4: "ext4",
};

const missingFilesystems = async (): Promise<string[]> => {
  const known = async (): Promise<Set<string>> =>
    new Set(
      (await readFile("/proc/filesystems", "utf8"))
        .split("\n")
        .map((line) => line.split("\t").pop()!),
    );
  const before = await known();
  // Absent from the list may only mean that its module is not loaded yet.
  if (await onPath("modprobe"))
    for (const [filesystem, name] of Object.entries(moduleOf))
      if (!before.has(filesystem)) await attempt(["modprobe", name]);
  const after = await known();
  return Object.keys(moduleOf).filter((filesystem) => !after.has(filesystem));
};

/**
 * A container whose /dev is its own does not see the devices that the kernel makes after its start.
 */
export const loopProblem = async (nodes = "/dev"): Promise<HostProblem[]> => {
  const { code, stdout } = await attempt(["losetup", "--find"]);
  const name = basename(stdout.trim());
  if (code !== 0 || name === "" || (await exists(join(nodes, name)))) return [];
  return [
    {
      problem: `the free loop device ${name} has no node in ${nodes}`,
      remedy: `run it outside of the container, or give it the nodes: for n in $(seq 0 63); do mknod -m 660 /dev/loop$n b 7 $n; done`,
    },
  ];
};

export const kernelProblems = async (): Promise<HostProblem[]> => {
  const problems: HostProblem[] = [];
  const missing = await missingFilesystems();
  if (missing.length)
    problems.push({
      problem: `the kernel has no ${missing.join(", ")}`,
      remedy: "use a kernel with these file systems, e.g. Debian's linux-image-amd64",
    });
  if (!(await exists("/dev/loop-control")))
    problems.push({
      problem: "there is no /dev/loop-control",
      remedy: "modprobe loop (in a container: give it the loop devices)",
    });
  else problems.push(...(await loopProblem()));
  if (!(await readFile("/proc/self/mountinfo", "utf8")).includes(" - cgroup2 "))
    problems.push({
      problem: "no cgroup2 hierarchy is mounted",
      remedy: "mount -t cgroup2 none /sys/fs/cgroup/unified (after mkdir)",
    });
  const namespace = await attempt(["unshare", "--net", "--mount", "--pid", "--fork", "true"]);
  if (namespace.code !== 0)
    problems.push({
      problem: `namespaces can't be made: ${namespace.stderr.trim()}`,
      remedy: "run it outside of the container, or in a privileged one",
    });
  return problems;
};
