import { spawn } from "node:child_process";

import { expect, test } from "@jest/globals";

import { command, signal } from "../../../../../local/cloud/machines/init";

test("a PID 1 that did not hear is asked again until it obeys; one that never does is told apart, and one that is gone is fine", async () => {
  // SIGRTMIN+5, systemd's order to reboot; the first one falls on deaf ears.
  const init = spawn(
    "bash",
    ["-c", "trap 'echo $((heard += 1))' 39; echo 0; while read -r; do :; done"],
    { stdio: ["pipe", "pipe", "inherit"] },
  );
  let said = "";
  init.stdout.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  await new Promise((resolve) => init.stdout.once("data", resolve));
  const order = {
    order: "reboot",
    init: async () => init.pid,
    obeyed: async () => said.includes("2"),
  } as const;
  expect(await command({ ...order, seconds: 20 })).toBe(true);
  expect(
    await command({ ...order, seconds: 0, init: async () => undefined, obeyed: async () => false }),
  ).toBe(false);
  init.stdin.end();
  await new Promise((resolve) => init.once("close", resolve));
  expect(() => signal(init.pid!, "SIGKILL")).not.toThrow();
});
