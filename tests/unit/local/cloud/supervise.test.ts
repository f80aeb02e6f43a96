import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

import { afterEach, expect, test } from "@jest/globals";

import { type Helper, supervise, type SupervisionOptions } from "../../../../local/cloud/supervise";

const helpers: Helper[] = [];
const said: string[] = [];
let told: () => void = () => undefined;
afterEach(() => {
  for (const helper of helpers.splice(0)) helper.stop();
  said.length = 0;
});

const supervised = (start: SupervisionOptions["start"]): Helper => {
  const helper = supervise({ name: "mirror", start, log });
  helpers.push(helper);
  return helper;
};
const log = (line: string): void => {
  said.push(line);
  told();
};
/** Resolves with the next child that has been started. */
const starts = (command: readonly string[]) => {
  let began: (child: ChildProcess) => void = () => undefined;
  const next = (): Promise<ChildProcess> =>
    new Promise((resolve) => {
      began = resolve;
    });
  const start = async (): Promise<ChildProcess> => {
    const child = spawn(command[0]!, command.slice(1), { stdio: "ignore" });
    await once(child, "spawn");
    setImmediate(() => began(child));
    return child;
  };
  return { next, start };
};

test("a helper that is killed is started again, and its end is told", async () => {
  const { next, start } = starts(["sleep", "600"]);
  const first = next();
  const helper = supervised(start);
  const { pid } = await first;
  expect(helper.state()).toEqual({ name: "mirror", pid, restarts: 0 });
  const second = next();
  process.kill(pid!, "SIGKILL");
  const { pid: other } = await second;
  expect(other).not.toBe(pid);
  expect(said).toEqual(["mirror has ended (SIGKILL); it is started again"]);
  expect(helper.state()).toMatchObject({ pid: other, restarts: 1, lastEnd: { how: "SIGKILL" } });
});

test("one that can't live is not started without a pause, and says why each time", async () => {
  const { start } = starts(["sh", "-c", "exit 3"]);
  const began = Date.now();
  const thrice = new Promise<void>((resolve) => {
    told = () => {
      if (said.length === 3) resolve();
    };
  });
  supervised(start);
  await thrice;
  expect(said[0]).toBe("mirror has ended (exit 3); it is started again");
  // Pauses of 200 and 400 ms between three lives.
  expect(Date.now() - began).toBeGreaterThanOrEqual(590);
});

test("one whose start fails is tried again", async () => {
  const { next, start } = starts(["sleep", "600"]);
  let tries = 0;
  const running = next();
  supervised(() => {
    if (tries++ === 0) throw new Error("no such folder");
    return start();
  });
  await running;
  expect(said).toEqual(["mirror has ended (no such folder); it is started again"]);
});
