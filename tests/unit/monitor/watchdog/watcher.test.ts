import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { WatchdogConfig } from "@second-server/contract/observatory";

import { watchWatcher } from "../../../../monitor/watchdog/watcher";
import { FakeClock } from "../fake-clock";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "watcher-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("the watcher is down → the primary says so once → its watchdog restarts → still once → the watcher is back → one all-clear", async () => {
  const clock = new FakeClock();
  const lines: string[] = [];
  const log = {
    info: () => undefined,
    warn: (line: string) => void lines.push(line),
    error: (line: string) => void lines.push(line),
  };
  const relay = createServer((socket) => socket.destroy()).listen(0, "127.0.0.1");
  await new Promise((resolve) => relay.once("listening", resolve));
  const config: WatchdogConfig = {
    intervalSeconds: 30,
    timeoutSeconds: 5,
    failAfter: 3,
    maxRestartsPerHour: 4,
    stateFile: join(folder, "state.json"),
    services: [],
  };
  const watcher: NonNullable<WatchdogConfig["watcher"]> = {
    fleet: "lab",
    url: "https://status.example.test/",
    passAfter: 2,
    checks: [
      { kind: "http", id: "watcher", url: "https://status.example.test/health", status: 200 },
    ],
    alerts: {
      to: ["ops@example.test"],
      from: "watchdog@example.test",
      relay: { host: "127.0.0.1", port: (relay.address() as AddressInfo).port },
    },
  };
  let up = true;
  const start = () =>
    watchWatcher(config, watcher, clock, log, () =>
      Promise.resolve(
        up ? { result: "pass", ms: 1 } : { result: "fail", ms: 1, error: "connection timed out" },
      ),
    );
  const live = async (seconds: number): Promise<void> => {
    for (let second = 0; second < seconds; second += 1) {
      await clock.pass(1000);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const subjects = (): string[] => lines.filter((line) => line.startsWith("[lab]"));
  let end = start();
  await live(60);
  up = false;
  await live(150);
  expect(subjects()).toEqual(["[lab] DOWN: watcher"]);
  end();
  end = start();
  await live(150);
  up = true;
  await live(120);
  end();
  relay.close();
  expect(subjects()).toEqual([
    "[lab] DOWN: watcher",
    expect.stringMatching(/^\[lab\] UP: watcher \(was down/),
  ]);
});
