import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, expect, test } from "@jest/globals";

import { contextOf } from "../../../cli/context";
import { isDead, liftDeadLocks } from "../../../cli/engine/stale-locks";

const STATE = mkdtempSync(join(tmpdir(), "fleet-locks-"));
afterAll(() => rmSync(STATE, { recursive: true, force: true }));
const ENDED = spawnSync(process.execPath, ["-e", ""]).pid;
const NOW = new Date().toISOString();

test("a lock is dead when its process is gone, or its number belongs to a later one; another host's is left alone", () => {
  expect(isDead({ pid: ENDED, hostname: hostname(), timestamp: NOW })).toBe(true);
  expect(isDead({ pid: process.pid, hostname: hostname(), timestamp: NOW })).toBe(false);
  expect(
    isDead({ pid: process.pid, hostname: hostname(), timestamp: "2020-01-01T00:00:00Z" }),
  ).toBe(process.platform === "linux");
  expect(isDead({ pid: ENDED, hostname: "another", timestamp: NOW })).toBe(false);
});

test("only dead locks are lifted", () => {
  const folder = join(STATE, ".pulumi/locks/organization/second-server/local");
  mkdirSync(folder, { recursive: true });
  const put = (name: string, pid: number): void =>
    writeFileSync(
      join(folder, name),
      JSON.stringify({ pid, username: "root", hostname: hostname(), timestamp: NOW }),
    );
  put("dead.json", ENDED);
  put("alive.json", process.pid);
  expect(liftDeadLocks(contextOf({ state: STATE }))).toEqual([ENDED]);
  expect([existsSync(join(folder, "dead.json")), existsSync(join(folder, "alive.json"))]).toEqual([
    false,
    true,
  ]);
  expect(liftDeadLocks(contextOf({ state: join(STATE, "none") }))).toEqual([]);
});
