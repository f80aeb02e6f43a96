import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { expect, test } from "@jest/globals";

import { suiteWhere } from "../../../../fixtures/suite-where";

const ROOT = resolve(__dirname, "../../../../..");
const isolated = (
  script: string,
  ...args: string[]
): { status: number | null; stdout: string; stderr: string } =>
  spawnSync(
    "unshare",
    ["--mount", "--propagation", "private", "sh", "-e", "-c", script, "sh", ...args],
    { cwd: ROOT, encoding: "utf8" },
  );
const CAN_MOUNT =
  process.platform === "linux" &&
  process.getuid?.() === 0 &&
  isolated("mount --make-rshared /").status === 0;

suiteWhere(CAN_MOUNT ? null : "it mounts, as root on Linux", "mounts of machines", () => {
  test("on a host whose mounts are all shared, as systemd has them, a machine's are there once", () => {
    const folder = mkdtempSync(join(tmpdir(), "second-server-mounts-"));
    try {
      const machines = join(folder, "machines");
      const share =
        `require("./local/cloud/machines/mounts.ts").shareMounts(process.argv[1]).catch((error) ` +
        "=> { console.error(error); process.exitCode = 1; })";
      const { stderr, stdout } = isolated(
        'mount --make-rshared /; "$1" --import tsx -e "$2" "$3"; mkdir "$3/fs"; mount -t ' +
          'tmpfs none "$3/fs"; grep -c " $3/fs " /proc/self/mountinfo; umount "$3/fs"; umount "$3"',
        process.execPath,
        share,
        machines,
      );
      expect({ stderr, stdout }).toEqual({ stderr: "", stdout: "1\n" });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
