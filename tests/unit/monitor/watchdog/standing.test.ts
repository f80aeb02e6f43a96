import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";
import { userInfo } from "node:os";

import { afterEach, expect, test } from "@jest/globals";

import {
  impostor,
  isBeginning,
  isInAgentsHand,
  listeners,
} from "../../../../monitor/watchdog/standing";

let server: Server;
afterEach(() => void server.close());
const listen = async (host: string): Promise<number> => {
  server = createServer().listen(0, host);
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
};
const ME = userInfo();
const STRANGER = ME.username === "nobody" ? "root" : "nobody";
const shown = (state: string, user: string) => () =>
  Promise.resolve(`ActiveState=${state}\nUser=${user}\n`);
const UNIT = "fleet-chat.service";

test.each(["127.0.0.1", "0.0.0.0", "::", "127.0.0.53"])(
  "whoever listens at %s is seen by the socket's user",
  async (host) => {
    expect([...(await listeners(await listen(host)))]).toEqual([ME.uid]);
  },
);

test("a socket at another address is nobody's answer to loopback", async () => {
  const port = await listen("::1");
  expect((await listeners(port)).size).toBe(1);
  expect((await listeners(port === 65_535 ? 1 : port + 1)).size).toBe(0);
});

test("the answer of a foreign process on a service's port is no health; nor is one while the unit does not run", async () => {
  const url = `http://127.0.0.1:${await listen("127.0.0.1")}/health`;
  expect(await impostor(UNIT, url, shown("active", ME.username))).toBeUndefined();
  expect(await impostor(UNIT, url, shown("active", STRANGER))).toMatch(
    /^port \d+ is held by a process of user \d+, not by fleet-chat\.service$/,
  );
  expect(await impostor(UNIT, url, shown("activating", ME.username))).toMatch(
    /^something answers at port \d+, but fleet-chat\.service is activating$/,
  );
});

test("where systemd says nothing, an answer is believed: a watchdog restarts nothing on a guess", async () => {
  const url = `http://127.0.0.1:${await listen("127.0.0.1")}/health`;
  expect(await impostor(UNIT, url, () => Promise.reject(new Error("no bus")))).toBeUndefined();
  expect(await impostor(UNIT, url, shown("active", "somebody-unknown"))).toBeUndefined();
});

/** As systemd reads it, in seconds: a machine's uptime may be of another beginning. */
const now = (): number =>
  Number(
    execFileSync("python3", ["-c", "import time; print(time.clock_gettime(time.CLOCK_MONOTONIC))"]),
  );

test("one that may take its time to begin is not restarted meanwhile, and is afterwards", async () => {
  const startedAgo = (seconds: number) => () =>
    Promise.resolve(`InactiveExitTimestampMonotonic=${Math.round((now() - seconds) * 1e6)}\n`);
  expect(await isBeginning(UNIT, 300, startedAgo(60))).toBe(true);
  expect(await isBeginning(UNIT, 20, startedAgo(60))).toBe(false);
  expect(
    await isBeginning(UNIT, 20, () => Promise.resolve("InactiveExitTimestampMonotonic=0\n")),
  ).toBe(false);
  expect(await isBeginning(UNIT, 20, () => Promise.reject(new Error("no bus")))).toBe(false);
});

test.each(["/run/fleet/handed-over/chat", "/run/fleet/frozen", "/var/lib/fleet-agent/handed-on"])(
  "what the agent has in hand is left alone: %s",
  (mark) => {
    expect(isInAgentsHand("chat", (path) => path === mark)).toBe(true);
    expect(isInAgentsHand("chat", () => false)).toBe(false);
  },
);
