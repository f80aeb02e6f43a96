import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { WatchdogConfig } from "@second-server/contract/observatory";

import type { Stage } from "../../../../monitor/checks/stage";
import { beginAbsence, endAbsence } from "../../../../monitor/watchdog/absence";
import { watchWatcher } from "../../../../monitor/watchdog/watcher";
import { FakeClock } from "../fake-clock";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "watcher-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

interface Life {
  readonly clock: FakeClock;
  readonly config: WatchdogConfig;
  readonly subjects: () => readonly string[];
  isUp: boolean;
  /** What it fails at while it is not up. */
  stage: Stage;
  start(): () => void;
  live(seconds: number): Promise<void>;
}

/** A watchdog that watches a watcher; mails can't leave, so that their subjects are in the log. */
const life = async (): Promise<Life & { readonly close: () => void }> => {
  const clock = new FakeClock();
  const lines: string[] = [];
  const log = {
    info: () => undefined,
    warn: (line: string) => void lines.push(line),
    error: (line: string) => void lines.push(line),
  };
  const relay = createServer((socket) => socket.destroy()).listen(0, "127.0.0.1");
  await new Promise((resolve) => relay.once("listening", resolve));
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
  const config: WatchdogConfig = {
    intervalSeconds: 30,
    timeoutSeconds: 5,
    failAfter: 3,
    maxRestartsPerHour: 4,
    stateFile: join(folder, "state.json"),
    services: [],
    watcher,
  };
  const one = {
    clock,
    config,
    isUp: true,
    stage: "connection" as Stage,
    subjects: () => lines.filter((line) => line.startsWith("[lab]")),
    close: () => void relay.close(),
    start: () =>
      watchWatcher(config, watcher, clock, log, () =>
        Promise.resolve(
          one.isUp
            ? { result: "pass", ms: 1 }
            : { result: "fail", ms: 1, error: "connection timed out", stage: one.stage },
        ),
      ),
    live: async (seconds: number): Promise<void> => {
      for (let second = 0; second < seconds; second += 1) {
        await clock.pass(1000);
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
  };
  return one;
};

test("the watcher is down → the primary says so once → its watchdog restarts → still once → the watcher is back → one all-clear", async () => {
  const one = await life();
  let end = one.start();
  await one.live(60);
  one.isUp = false;
  await one.live(150);
  expect(one.subjects()).toEqual(["[lab] DOWN: watcher"]);
  end();
  end = one.start();
  await one.live(150);
  one.isUp = true;
  await one.live(120);
  end();
  one.close();
  expect(one.subjects()).toEqual([
    "[lab] DOWN: watcher",
    expect.stringMatching(/^\[lab\] UP: watcher \(was down/),
  ]);
});

test("a name that is lost is DNS's, which the watcher tells: from here only once it stays lost, or the door is shut as well", async () => {
  const one = await life();
  const end = one.start();
  await one.live(60);
  Object.assign(one, { isUp: false, stage: "name" });
  await one.live(9 * 60);
  expect(one.subjects()).toEqual([]);
  one.isUp = true;
  await one.live(120);
  one.isUp = false;
  await one.live(300);
  one.stage = "connection";
  await one.live(90);
  expect(one.subjects()).toEqual(["[lab] DOWN: watcher"]);
  one.isUp = true;
  await one.live(120);
  Object.assign(one, { isUp: false, stage: "name" });
  await one.live(12 * 60);
  expect(one.subjects().map((subject) => subject.slice(6, 19))).toEqual([
    "DOWN: watcher",
    "UP: watcher (",
    "DOWN: watcher",
  ]);
  end();
  one.close();
});

test("a watcher that is off for another size is no alert, unless it stays off when `up` has said that it is back, or nobody came to say so", async () => {
  const one = await life();
  const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const end = one.start();
  await one.live(60);
  beginAbsence(one.config, "resize of the watcher", 20, one.clock.now());
  one.isUp = false;
  await one.live(300);
  one.isUp = true;
  endAbsence(one.config, one.clock.now(), silent);
  await one.live(300);
  expect(one.subjects()).toEqual([]);
  beginAbsence(one.config, "resize of the watcher", 20, one.clock.now());
  one.isUp = false;
  await one.live(300);
  endAbsence(one.config, one.clock.now(), silent);
  await one.live(300);
  expect(one.subjects()).toEqual(["[lab] DOWN: watcher"]);
  one.isUp = true;
  await one.live(300);
  beginAbsence(one.config, "resize of the watcher", 5, one.clock.now());
  one.isUp = false;
  await one.live(900);
  end();
  one.close();
  expect(one.subjects().at(-1)).toBe("[lab] DOWN: watcher");
  expect(one.subjects()).toHaveLength(3);
});
