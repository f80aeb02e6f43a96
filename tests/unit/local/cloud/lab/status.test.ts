import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, test } from "@jest/globals";

import { status } from "../../../../../local/cloud/lab/start";
import { labPaths } from "../../../../../local/cloud/paths";

test("a cloud that hangs is not running, nor is one that is not there", async () => {
  const state = mkdtempSync(join(tmpdir(), "hangs-"));
  const paths = { ...labPaths(state), socket: join(state, "hangs.sock") };
  expect((await status(paths)).running).toBe(false);
  const hangs = createServer(() => undefined).listen(paths.socket);
  await new Promise((resolve) => hangs.once("listening", resolve));
  try {
    expect((await status(paths, 50)).running).toBe(false);
  } finally {
    hangs.closeAllConnections();
    hangs.close();
    rmSync(state, { recursive: true });
  }
});
