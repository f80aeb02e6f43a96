import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, test } from "@jest/globals";

import {
  limitGroup,
  parseHierarchies,
  type Hierarchies,
} from "../../../../../local/cloud/machines/cgroups";

test("a modern host: one hierarchy for all", () => {
  expect(
    parseHierarchies(
      "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n",
    ),
  ).toEqual({ unified: "/sys/fs/cgroup", v1: {} });
});

test("a hybrid one: controllers in hierarchies of their own, also several in one", () => {
  const mounts = [
    "31 30 0:27 / /sys/fs/cgroup/unified rw - cgroup2 none rw",
    "32 30 0:28 / /sys/fs/cgroup/systemd rw - cgroup none rw,name=systemd",
    "33 30 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup none rw,cpu,cpuacct",
    "34 30 0:30 / /sys/fs/cgroup/memory rw - cgroup none rw,memory",
    "35 30 0:31 / /sys/fs/cgroup/blkio rw - cgroup none rw,blkio",
  ].join("\n");
  expect(parseHierarchies(mounts)).toEqual({
    unified: "/sys/fs/cgroup/unified",
    v1: {
      "name=systemd": "/sys/fs/cgroup/systemd",
      cpu: "/sys/fs/cgroup/cpu,cpuacct",
      memory: "/sys/fs/cgroup/memory",
    },
  });
});

test("without cgroup2 nothing can be killed for sure: refused, with the remedy", () => {
  expect(() =>
    parseHierarchies("34 30 0:30 / /sys/fs/cgroup/memory rw - cgroup none rw,memory\n"),
  ).toThrow(/mount -t cgroup2/);
});

const limits = { memoryMiB: 512, vcpus: 2, cpus: [0, 1], processes: 300 };

/** What limitGroup writes into a machine's folders, by file. */
const written = async (
  hosts: (root: string) => Hierarchies,
  files: readonly string[],
): Promise<Record<string, string>> => {
  const root = mkdtempSync(join(tmpdir(), "second-server-cgroups-"));
  try {
    for (const name of ["", "memory", "cpu", "cpuset", "pids"])
      mkdirSync(join(root, name, "second-server/lab/m1"), { recursive: true });
    expect(await limitGroup(hosts(root), "lab", "m1", limits)).toEqual([]);
    return Object.fromEntries(
      files.map((file) => [file.split("/").at(-1)!, readFileSync(join(root, file), "utf8")]),
    );
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
};

test("on a modern host all limits are in the one hierarchy, and the host's swap is not for machines", async () => {
  const files = ["memory.max", "memory.swap.max", "cpu.max", "cpuset.cpus", "pids.max"].map(
    (file) => `second-server/lab/m1/${file}`,
  );
  expect(await written((root) => ({ unified: root, v1: {} }), files)).toEqual({
    "memory.max": "536870912",
    "memory.swap.max": "0",
    "cpu.max": "200000 100000",
    "cpuset.cpus": "0,1",
    "pids.max": "300",
  });
});

test("on a hybrid one each limit is where its controller is", async () => {
  const files = [
    "memory/memory.limit_in_bytes",
    "memory/memory.memsw.limit_in_bytes",
    "cpu/cpu.cfs_quota_us",
    "cpuset/cpuset.cpus",
    "pids/pids.max",
  ].map((file) => file.replace("/", "/second-server/lab/m1/"));
  const hybrid = (root: string): Hierarchies => ({
    unified: root,
    v1: Object.fromEntries(
      ["memory", "cpu", "cpuset", "pids"].map((name) => [name, join(root, name)]),
    ),
  });
  expect(await written(hybrid, files)).toEqual({
    "memory.limit_in_bytes": "536870912",
    "memory.memsw.limit_in_bytes": "536870912",
    "cpu.cfs_quota_us": "200000",
    "cpuset.cpus": "0,1",
    "pids.max": "300",
  });
});
