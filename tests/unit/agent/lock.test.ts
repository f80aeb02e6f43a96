import { spawn } from "node:child_process";
import { once } from "node:events";
import { statSync, utimesSync } from "node:fs";

import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { PATHS } from "@second-server/contract/paths";

import { withLock } from "../../../agent/lock";
import { exitOf } from "../../fixtures/exit-of";
import { type TemporaryMachine, temporaryMachine } from "./temporary-machine";

let machine: TemporaryMachine;
beforeEach(() => {
  machine = temporaryMachine();
});
afterEach(() => {
  machine.remove();
});

test("who comes second is told who is at work, and gets his turn afterwards", async () => {
  await withLock(machine, "apply", 0, async () => {
    await expect(withLock(machine, "rollback", 0, async () => undefined)).rejects.toThrow(
      `"fleet-agent apply" (process ${process.pid}, since 2026-11-21T12:00:00Z) is at work`,
    );
  });
  expect(await withLock(machine, "rollback", 0, async () => "done")).toBe("done");
});

test("work that fails lets go", async () => {
  await expect(
    withLock(machine, "apply", 0, async () => {
      throw new Error("no");
    }),
  ).rejects.toThrow("no");
  expect(await withLock(machine, "apply", 0, async () => "done")).toBe("done");
});

const HOLD =
  "import fcntl, sys, time; f = open(sys.argv[1], 'a'); fcntl.flock(f, fcntl.LOCK_EX); print('held', flush=True); time.sleep(60)";

test.each([
  ["gave no sign of life", 300, new Date()],
  ["had been at work for", 0, new Date(86_400_000)],
])("a holder that %s is ended, and it is told whose lock that was", async (why, silent, since) => {
  machine.write(PATHS.agentLock, "");
  const path = machine.at(PATHS.agentLock);
  const holder = spawn("python3", ["-I", "-c", HOLD, path], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(holder.stdout, "data");
  machine.write(
    PATHS.agentLock,
    `"fleet-agent backup pull" (process ${holder.pid}, since ${since.toISOString()})\n`,
  );
  const seen = Date.now() / 1000 - silent;
  utimesSync(path, seen, seen);
  expect(await withLock(machine, "apply", 5, async () => "done")).toBe("done");
  expect(machine.said.join()).toMatch(
    new RegExp(`"fleet-agent backup pull" .*process ${holder.pid}.* was ended: it ${why}`),
  );
});

test("a holder that shows it is alive is waited for", async () => {
  await withLock(machine, "apply", 0, async () => {
    const before = statSync(machine.at(PATHS.agentLock)).mtimeMs;
    await expect(withLock(machine, "rollback", 0, async () => "no")).rejects.toThrow("is at work");
    expect(statSync(machine.at(PATHS.agentLock)).mtimeMs).toBe(before);
  });
});

test("a holder that was killed holds nothing", async () => {
  machine.write(PATHS.agentLock, "");
  const holder = spawn(
    "flock",
    [machine.at(PATHS.agentLock), "--command", "echo held; exec sleep 60"],
    { stdio: ["ignore", "pipe", "inherit"], detached: true },
  );
  await once(holder.stdout, "data");
  await expect(withLock(machine, "apply", 0, async () => undefined)).rejects.toThrow(
    "another fleet-agent is at work",
  );
  process.kill(-holder.pid!, "SIGKILL");
  await exitOf(holder);
  expect(await withLock(machine, "apply", 5, async () => "done")).toBe("done");
});
