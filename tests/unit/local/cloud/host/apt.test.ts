import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "@jest/globals";

import { aptGet } from "../../../../../local/cloud/host/apt";

/**
 * The real apt on folders of its own: it takes the same locks there, and changes nothing of the
 * host.
 */
const HAS_APT = ["apt-get", "python3"].every(
  (program) => spawnSync(program, ["--version"]).status === 0,
);
const withApt = HAS_APT ? test : test.skip;
const HOLD = `
import fcntl, sys
held = open(sys.argv[1], "a+")
fcntl.lockf(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
print("held", flush=True)
sys.stdin.read()`;

let folder: string;
const CALLERS_CONFIG = process.env["APT_CONFIG"];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "apt-"));
  for (const path of ["state/lists/partial", "cache/archives/partial", "etc/apt.conf.d", "dpkg"])
    mkdirSync(join(folder, path), { recursive: true });
  for (const path of ["dpkg/status", "etc/sources.list"]) writeFileSync(join(folder, path), "");
  const config = join(folder, "apt.conf");
  writeFileSync(
    config,
    [
      `Dir::State "${folder}/state";`,
      `Dir::State::status "${folder}/dpkg/status";`,
      `Dir::Cache "${folder}/cache";`,
      `Dir::Etc "${folder}/etc";`,
      'APT::Sandbox::User "";',
    ].join("\n"),
  );
  process.env["APT_CONFIG"] = config;
});
afterEach(() => {
  if (CALLERS_CONFIG === undefined) delete process.env["APT_CONFIG"];
  else process.env["APT_CONFIG"] = CALLERS_CONFIG;
  rmSync(folder, { recursive: true });
});

/** Another apt's lock; resolves when it is held, and is let go by what it resolves with. */
const hold = async (lock: string): Promise<() => void> => {
  const child = spawn("python3", ["-c", HOLD, join(folder, lock)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  return () => child.stdin.end();
};

withApt.each([
  ["lists", "state/lists/lock", ["update"]],
  ["archives", "cache/archives/lock", ["clean"]],
])("the lock of %s is waited for", async (_, lock, args) => {
  const letGo = await hold(lock);
  const lines: string[] = [];
  const { code } = await aptGet(
    args,
    (line) => {
      lines.push(line);
      if (line.startsWith("Waiting")) letGo();
    },
    { seconds: 60, everyMs: 50 },
  );
  expect(code).toBe(0);
  expect(lines).toContain("Waiting for another apt to end");
});

withApt("a lock that is never let go ends the waiting, in apt's words", async () => {
  const letGo = await hold("state/lists/lock");
  const { code, stderr } = await aptGet(["update"], undefined, { seconds: 0, everyMs: 10 });
  letGo();
  expect([code, stderr]).toEqual([100, expect.stringMatching(/Could not get lock.*lists\/lock/)]);
});
