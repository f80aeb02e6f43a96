import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "@jest/globals";

import { agentBundle } from "../../../render/sources";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "agent-bundle-"));
  writeFileSync(join(folder, "agent.js"), agentBundle());
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const agent = (...words: readonly string[]) =>
  spawnSync(process.execPath, [join(folder, "agent.js"), ...words], {
    encoding: "utf8",
    input: "",
  });

test("the bundle stands alone and explains itself", () => {
  const { status, stdout, stderr } = agent("--help");
  expect([status, stderr]).toEqual([0, ""]);
  for (const command of [
    "identity",
    "apply SHA",
    "rollback",
    "status",
    "backup pull",
    "backup restore-to-peer",
    "restore [SERVICE]",
    "peer",
  ])
    expect(stdout).toContain(command);
});

test.each([[[]], [["aply"]], [["backup"]], [["backup", "push"]]])(
  "%j is wrong usage: exit 2, and the usage on standard error",
  (words) => {
    const { status, stdout, stderr } = agent(...words);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("usage: fleet-agent COMMAND");
  },
);

test.each([
  [["identity"], "standard input is not JSON"],
  [["peer", "rm -rf /"], "refused"],
])("%j fails with its reason: exit 1", (words, reason) => {
  const { status, stderr } = agent(...words);
  expect([status, stderr]).toEqual([1, expect.stringContaining(reason)]);
});
