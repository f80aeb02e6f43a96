import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

import { expect, test } from "@jest/globals";

import { enterArgv } from "../../../../../local/cloud/machines/enter";
import { attempt } from "../../../../../local/cloud/machines/run-program";
import { exitOf } from "../../../../fixtures/exit-of";
import { suiteWhere } from "../../../../fixtures/suite-where";

const namespaces = [
  "--pid",
  "--mount",
  "--uts",
  "--ipc",
  "--net",
  "--fork",
  "--kill-child",
  "--mount-proc",
];
const CAN_MAKE =
  process.platform === "linux" &&
  process.getuid?.() === 0 &&
  spawnSync("unshare", [...namespaces, "true"]).status === 0;

/**
 * PID 1 of a system that shuts down at the first line that it is sent, as systemd does: everything
 * is stopped, then it ends.
 */
const system = () =>
  spawn(
    "unshare",
    [...namespaces, "sh", "-c", "echo up; read line; kill -STOP -1 2>/dev/null; exit 0"],
    { stdio: ["pipe", "pipe", "inherit"] },
  );
/** Host's number of it: the only child. */
const initOf = (pid: number): number =>
  Number(readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim());

suiteWhere(
  CAN_MAKE ? null : "it makes namespaces, as root on Linux",
  "commands inside a machine",
  () => {
    test("have its exit code, its input and its words", async () => {
      const machine = system();
      await once(createInterface({ input: machine.stdout }), "line");
      const asked = await attempt(
        enterArgv([], initOf(machine.pid!), [
          "sh",
          "-c",
          'read word; echo "$word $1"; exit 7',
          "sh",
          "two words",
        ]),
        { input: "one\n" },
      );
      expect(asked).toMatchObject({ code: 7, stdout: "one two words\n" });
      machine.stdin.end("\n");
      expect(await exitOf(machine)).toEqual([0, null]);
    });

    test("don't hold up a shutdown that finds one running: both end", async () => {
      const machine = system();
      await once(createInterface({ input: machine.stdout }), "line");
      const running = attempt(
        enterArgv([], initOf(machine.pid!), ["sh", "-c", "echo inside; exec sleep 1000"]),
        {
          onLine: (line) => {
            if (line === "inside") machine.stdin.end("\n");
          },
        },
      );
      expect(await exitOf(machine)).toEqual([0, null]);
      expect((await running).code).toBe(137);
    });
  },
);
