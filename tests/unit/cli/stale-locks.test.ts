import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "@jest/globals";
import { contextOf } from "../../../cli/context";
import { isDead, liftDeadLocks } from "../../../cli/engine/stale-locks";

const state = mkdtempSync(join(tmpdir(), "fleet-locks-"));
afterAll(() => rmSync(state, { recursive: true, force: true }));
const ended = spawnSync(process.execPath, ["-e", ""]).pid;
const now = new Date().toISOString();

test("a lock is dead when its process is gone, or its number belongs to a later one; another host's is left alone", () => {
  expect(isDead({ pid: ended, hostname: hostname(), timestamp: now })).toBe(true);
  expect(isDead({ pid: process.pid, hostname: hostname(), timestamp: now })).toBe(false);
  expect(isDead({ pid: process.pid, hostname: hostname(), timestamp: "2020-01-01T00:00:00Z" })).toBe(process.platform === "linux");
  expect(isDead({ pid: ended, hostname: "another", timestamp: now })).toBe(false);
});

test("only dead locks are lifted", () => {
  const folder = join(state, ".pulumi/locks/organization/second-server/local");
  mkdirSync(folder, { recursive: true });
  const put = (name: string, pid: number): void => writeFileSync(join(folder, name), JSON.stringify({ pid, username: "root", hostname: hostname(), timestamp: now }));
  put("dead.json", ended);
  put("alive.json", process.pid);
  expect(liftDeadLocks(contextOf({ state }))).toEqual([ended]);
  expect([existsSync(join(folder, "dead.json")), existsSync(join(folder, "alive.json"))]).toEqual([false, true]);
  expect(liftDeadLocks(contextOf({ state: join(state, "none") }))).toEqual([]);
});
