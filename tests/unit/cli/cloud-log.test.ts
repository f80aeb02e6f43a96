import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, test } from "@jest/globals";

import { failedActions } from "../../../cli/cloud-log";

test("what failed since the command began is found in the cloud's log, and nothing older", async () => {
  const folder = mkdtempSync(join(tmpdir(), "second-server-cloud-log-"));
  try {
    const log = join(folder, "cloud.log");
    expect(await failedActions(log, 0)).toEqual([]);
    writeFileSync(
      log,
      [
        "2026-11-20T10:00:00.000Z action 1 create of droplet 2 failed: an old story",
        "2026-11-21T10:00:00.000Z ready: pid 8, API http://192.0.2.10, machines",
        "2026-11-21T10:00:02.000Z action 3 create of droplet 4 failed: mount: failed to setup loop device",
        "a line of something else that failed: no",
        "",
      ].join("\n"),
    );
    expect(await failedActions(log, Date.parse("2026-11-21T10:00:01Z"))).toEqual([
      "action 3 create of droplet 4 failed: mount: failed to setup loop device",
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
