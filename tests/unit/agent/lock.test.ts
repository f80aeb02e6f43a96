import { spawn } from "node:child_process";
import { once } from "node:events";

import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { PATHS } from "@second-server/contract/paths";

import { withLock } from "../../../agent/lock";
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
  await once(holder, "close");
  expect(await withLock(machine, "apply", 5, async () => "done")).toBe("done");
});
