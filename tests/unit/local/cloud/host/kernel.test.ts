import { existsSync } from "node:fs";

import { expect, test } from "@jest/globals";

import { loopProblem } from "../../../../../local/cloud/host/kernel";
import { suiteWhere } from "../../../../fixtures/suite-where";

const LOOPS =
  process.platform !== "linux" || process.getuid?.() !== 0 || !existsSync("/dev/loop-control")
    ? "it asks for a loop device, as root on Linux"
    : null;
suiteWhere(LOOPS, "loop devices", () => {
  test("one that the kernel has and the container's /dev has not is named before anything is built, with its remedy", async () => {
    expect(await loopProblem("/proc/none")).toEqual([
      {
        problem: expect.stringMatching(
          /^the free loop device loop\d+ has no node in \/proc\/none$/,
        ),
        remedy: expect.stringContaining("mknod"),
      },
    ]);
  });
});
