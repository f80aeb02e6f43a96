import { expect, test } from "@jest/globals";
import { parseHierarchies } from "../../../../../local/cloud/machines/cgroups";

test("a modern host: one hierarchy for all", () => {
  expect(parseHierarchies("30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n")).toEqual({ unified: "/sys/fs/cgroup", v1: {} });
});

test("a hybrid one: controllers in hierarchies of their own, also several in one", () => {
  const mounts = [
    "31 30 0:27 / /sys/fs/cgroup/unified rw - cgroup2 none rw", "32 30 0:28 / /sys/fs/cgroup/systemd rw - cgroup none rw,name=systemd",
    "33 30 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup none rw,cpu,cpuacct", "34 30 0:30 / /sys/fs/cgroup/memory rw - cgroup none rw,memory",
    "35 30 0:31 / /sys/fs/cgroup/blkio rw - cgroup none rw,blkio",
  ].join("\n");
  expect(parseHierarchies(mounts)).toEqual({
    unified: "/sys/fs/cgroup/unified", v1: { "name=systemd": "/sys/fs/cgroup/systemd", cpu: "/sys/fs/cgroup/cpu,cpuacct", memory: "/sys/fs/cgroup/memory" },
  });
});

test("without cgroup2 nothing can be killed for sure: refused, with the remedy", () => {
  expect(() => parseHierarchies("34 30 0:30 / /sys/fs/cgroup/memory rw - cgroup none rw,memory\n")).toThrow(/mount -t cgroup2/);
});
