import { existsSync, mkdirSync, writeFileSync } from "node:fs";

import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { Release, ReleaseHandover } from "@second-server/contract/release";

import { aftercare } from "../../../agent/apply/aftercare";
import { apply } from "../../../agent/apply/apply";
import { file, release, sha256 } from "./sample";
import { type TemporaryMachine, temporaryMachine } from "./temporary-machine";

const UNIT = "fleet-chat.service";
const NEXT = "fleet-chat@next.service";
const [OWN, SPARE] = ["http://127.0.0.1:3001/health", "http://127.0.0.1:3901/health"];
const LEFT =
  "systemctl stop -- fleet-chat@next.service fleet-chat@wait.socket fleet-chat@wait.service";
const ROUTE = "/run/fleet/handed-over/chat";
const NEXT_TEXT = "[Service]\nWorkingDirectory=/opt/fleet/trees/chat/current\n";
const SOCKET_TEXT = "[Socket]\nListenStream=127.0.0.1:3901\n";

let machine: TemporaryMachine;
beforeEach(() => {
  machine = temporaryMachine();
  for (const url of [OWN, SPARE]) machine.pages.set(url, { status: 200, body: "ok" });
});
afterEach(() => {
  machine.remove();
});

const HANDOVERS: Readonly<Record<ReleaseHandover["way"], ReleaseHandover>> = {
  "side-by-side": {
    service: "chat",
    unit: UNIT,
    way: "side-by-side",
    port: 3901,
    units: [{ name: NEXT, sha256: sha256(NEXT_TEXT) }],
    drainSeconds: 60,
  },
  held: {
    service: "chat",
    unit: UNIT,
    way: "held",
    port: 3901,
    units: [{ name: "fleet-chat@wait.socket", sha256: sha256(SOCKET_TEXT) }],
    drainSeconds: 2,
  },
};
const version = (hash: string, way: ReleaseHandover["way"], url = OWN): Release =>
  release({
    files: [file(`/etc/systemd/system/${UNIT}`, "[Service]")],
    trees: [{ name: "chat", hash }],
    units: [{ name: UNIT, restartOn: ["tree:chat"], onChange: "restart", enable: true }],
    probes: [
      {
        service: "chat",
        unit: UNIT,
        url,
        status: 200,
        timeoutSeconds: 20,
      },
    ],
    handovers: [HANDOVERS[way]],
  });
const bring = async (
  hash: string,
  way: ReleaseHandover["way"] = "side-by-side",
  url = OWN,
): Promise<void> => {
  const texts = ["[Service]", NEXT_TEXT, SOCKET_TEXT];
  const sha = machine.deliver(version(hash, way, url), texts, {
    chat: { "main.js": `// ${hash}` },
  });
  await apply(machine, sha);
};
/** What was done to units, and whether visitors were sent to the stand-in at that moment. */
const deeds = (): (() => readonly string[]) => {
  const seen: string[] = [];
  const run = machine.run.bind(machine);
  machine.run = (argv, ...rest) => {
    const line = argv.join(" ");
    // What a handover before has left is stopped in any case.
    if (line !== LEFT && /^systemctl (start|stop|restart) -- fleet-chat/.test(line))
      seen.push(
        `${line.replace("systemctl ", "").replace("-- ", "")}${existsSync(machine.at(ROUTE)) ? ", away" : ""}`,
      );
    return run(argv, ...rest);
  };
  return () => seen;
};
const current = (): string => machine.read("/opt/fleet/trees/chat/current/main.js");

test("side by side: the new version answers beside the old one before anybody is sent to it, and ends when the service's own process answers again", async () => {
  await bring("aaaa");
  const done = deeds();
  let unit = "";
  const run = machine.run.bind(machine);
  machine.run = (argv, ...rest) => {
    if (argv.includes("restart") && argv.includes(NEXT))
      unit = machine.read(`/run/systemd/system/${NEXT}`);
    return run(argv, ...rest);
  };
  await bring("bbbb");
  expect(unit).toContain("/opt/fleet/trees/chat/bbbb");
  expect(done()).toEqual([`restart ${NEXT}`, `restart ${UNIT}, away`, `stop ${NEXT}`]);
  expect([existsSync(machine.at(ROUTE)), current()]).toEqual([false, "// bbbb"]);
});

test("held: visitors wait at the socket while the one process ends and begins", async () => {
  await bring("aaaa", "held");
  const done = deeds();
  await bring("bbbb", "held");
  expect(done()).toEqual([
    "start fleet-chat@wait.socket",
    `restart ${UNIT}, away`,
    "stop fleet-chat@wait.socket",
  ]);
  expect(existsSync(machine.at("/run/fleet/handed-over/.waiting-chat"))).toBe(false);
});

test("a new version that does not answer never gets a request: nothing is changed, and its words are told", async () => {
  await bring("aaaa");
  machine.pages.set(SPARE, { status: 500, body: "no database" });
  machine.answers.set("journalctl", { stdout: "Error: no database" });
  const done = deeds();
  await expect(bring("bbbb")).rejects.toThrow(/status 500, not 200: no database[^]*journal of/);
  expect(done()).toEqual([`restart ${NEXT}`, `stop ${NEXT}`]);
  expect(current()).toBe("// aaaa");
  expect(existsSync(machine.at(ROUTE))).toBe(false);
});

test("a held version that does not answer gives way to the one before, for which visitors have waited", async () => {
  await bring("aaaa", "held");
  const ask = machine.ask.bind(machine);
  machine.ask = (url, timeout) =>
    current() === "// bbbb" ? Promise.reject(new Error("refused")) : ask(url, timeout);
  const done = deeds();
  await expect(bring("bbbb", "held")).rejects.toThrow("Rolled back to");
  expect(done().filter((line) => line.startsWith("restart"))).toEqual([
    `restart ${UNIT}, away`,
    `restart ${UNIT}, away`,
  ]);
  expect([current(), existsSync(machine.at(ROUTE))]).toEqual(["// aaaa", false]);
});

test("who has a stream open keeps it: the new version serves, and the aftercare ends the old one when its time is over", async () => {
  await bring("aaaa");
  machine.answers.set("ss -Htn state established ( sport = :3001 )", { stdout: "0 0 a b\n" });
  const done = deeds();
  await bring("bbbb");
  expect(done()).toEqual([`restart ${NEXT}`]);
  expect(existsSync(machine.at(ROUTE))).toBe(true);
  await aftercare(machine);
  expect(done()).toEqual([`restart ${NEXT}`, `restart ${UNIT}, away`, `stop ${NEXT}`]);
  expect(machine.now().getTime()).toBeGreaterThan(Date.UTC(2026, 10, 21, 12, 1));
});

test("while a stand-in serves for the sake of a stream, the next version is the process itself: visitors go from one to the other", async () => {
  await bring("aaaa");
  machine.answers.set("ss -Htn state established ( sport = :3001 )", { stdout: "0 0 a b\n" });
  await bring("bbbb");
  const done = deeds();
  await bring("cccc");
  expect(done()).toEqual([`restart ${UNIT}, away`, `stop ${NEXT}`]);
  expect([existsSync(machine.at(ROUTE)), current()]).toEqual([false, "// cccc"]);
});

test.each(["side-by-side", "held"] as const)(
  "%s: where the port moves, connections at the old one count, and the new one is asked once somebody listens",
  async (way) => {
    await bring("aaaa", way);
    machine.pages.delete(OWN);
    machine.answers.set("ss -Htn state established ( sport = :3002 or sport = :3001 )", {
      stdout: "0 0 a b\n",
    });
    const moved = "http://127.0.0.1:3002/health";
    const run = machine.run.bind(machine);
    machine.run = (argv, ...rest) => {
      if (argv.includes("restart") && argv.includes(UNIT))
        machine.pages.set(moved, { status: 200, body: "ok" });
      return run(argv, ...rest);
    };
    await bring("bbbb", way, moved);
    expect(existsSync(machine.at(ROUTE))).toBe(way === "side-by-side");
    await aftercare(machine);
    expect([existsSync(machine.at(ROUTE)), current()]).toEqual([false, "// bbbb"]);
  },
);

test("a version that ends by itself within its first minute is undone, with its words", async () => {
  await bring("aaaa");
  await bring("bbbb");
  machine.answers.set("systemctl show", {
    stdout: "ActiveState=active\nNRestarts=1\nControlGroup=/x\n",
  });
  machine.answers.set("journalctl", { stdout: "Error: gone" });
  await aftercare(machine);
  expect(current()).toBe("// aaaa");
  expect(machine.read("/var/lib/fleet-agent/log")).toMatch(/undone [^]*Error: gone/);
  expect(JSON.parse(machine.read("/var/lib/fleet-agent/applied.json"))).toMatchObject({
    release: { trees: [{ hash: "aaaa" }] },
  });
});

test("a switch that was killed is put right by the aftercare, which was there before it: the version before has its visitors again", async () => {
  await bring("aaaa", "held");
  const run = machine.run.bind(machine);
  machine.run = (argv, ...rest) =>
    argv.includes("restart") && argv.includes(UNIT)
      ? new Promise(() => undefined)
      : run(argv, ...rest);
  void bring("bbbb", "held");
  while (!existsSync(machine.at(ROUTE))) await new Promise(setImmediate);
  await new Promise(setImmediate);
  machine.run = run;
  // The lock went with the process; here the process is this one.
  mkdirSync(machine.at("/var/lib/fleet-agent"), { recursive: true });
  writeFileSync(machine.at("/var/lib/fleet-agent/lock"), "");
  await aftercare(machine);
  expect([current(), existsSync(machine.at(ROUTE))]).toEqual(["// aaaa", false]);
});

test("a stand-in that nobody was ever sent to, as its agent was killed, is ended by the aftercare", async () => {
  await bring("aaaa");
  machine.write(`/run/systemd/system/${NEXT}`, NEXT_TEXT);
  const done = deeds();
  await aftercare(machine);
  expect(done()).toEqual([`stop ${NEXT}`]);
  expect(existsSync(machine.at(`/run/systemd/system/${NEXT}`))).toBe(false);
});

test("a process that does not come up while a stand-in serves is tried again, and the stand-in of a later version is not taken for one that leaves", async () => {
  await bring("aaaa");
  machine.answers.set("ss -Htn state established ( sport = :3001 )", { stdout: "0 0 a b\n" });
  machine.write("/run/fleet/handed-over/.leaving-chat", "");
  await bring("bbbb");
  expect(existsSync(machine.at("/run/fleet/handed-over/.leaving-chat"))).toBe(false);
  machine.pages.delete(OWN);
  const sleep = machine.sleep.bind(machine);
  machine.sleep = (milliseconds) => {
    if (milliseconds >= 30_000) machine.pages.set(OWN, { status: 200, body: "ok" });
    return sleep(milliseconds);
  };
  await aftercare(machine);
  expect([existsSync(machine.at(ROUTE)), current()]).toEqual([false, "// bbbb"]);
});
