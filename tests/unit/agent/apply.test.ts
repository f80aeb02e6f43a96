import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";

import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { Release, ReleaseUnit } from "@second-server/contract/release";

import { apply, rollback } from "../../../agent/apply/apply";
import { file, release } from "./sample";
import { type TemporaryMachine, temporaryMachine } from "./temporary-machine";

const UNIT = "/etc/systemd/system/fleet-chat.service";
const URL = "http://127.0.0.1:3001/health";

let machine: TemporaryMachine;
beforeEach(() => {
  machine = temporaryMachine();
  machine.pages.set(URL, { status: 200, body: '{"ok":true}' });
});
afterEach(() => {
  machine.remove();
});

const version = (hash: string, config = "{}"): Release =>
  release({
    files: [file(UNIT, "[Service]"), file("/etc/fleet/wiki.json", config)],
    trees: [{ name: "chat", hash }],
    units: [
      { name: "fleet-chat.service", restartOn: ["tree:chat"], onChange: "restart", enable: true },
      {
        name: "fleet-wiki.service",
        restartOn: ["/etc/fleet/wiki.json"],
        onChange: "restart",
        enable: true,
      },
    ],
    probes: [
      {
        service: "chat",
        unit: "fleet-chat.service",
        url: URL,
        status: 200,
        contains: "true",
        timeoutSeconds: 20,
      },
    ],
  });
const deliver = (hash: string, config = "{}"): string =>
  machine.deliver(version(hash, config), ["[Service]", config], {
    chat: { "main.js": `// ${hash}` },
  });
const code = (): string => machine.read("/opt/fleet/trees/chat/current/main.js");
const restarts = (): string[] => machine.ran.filter((line) => line.startsWith("systemctl restart"));

test("a first release is put in place, started, asked, and then cannot be restored over", async () => {
  await apply(machine, deliver("aaaa"));
  expect(code()).toBe("// aaaa");
  expect(restarts()).toEqual(["systemctl restart -- fleet-chat.service fleet-wiki.service"]);
  expect(machine.said).toEqual(
    expect.arrayContaining(["service chat: restarted", "1 services answer"]),
  );
  expect(existsSync(machine.at("/var/lib/fleet-agent/sealed"))).toBe(true);
});

test("on a new machine, where all services begin at once, each has three times its time; later its own", async () => {
  const answersAfter = (seconds: number): TemporaryMachine => {
    const from = machine.now().getTime();
    const ask: TemporaryMachine["ask"] = async (url, ms) =>
      machine.now().getTime() - from < seconds * 1000
        ? { status: 503, body: "not yet" }
        : await machine.ask(url, ms);
    return { ...machine, ask };
  };
  await apply(answersAfter(50), deliver("aaaa"));
  await expect(apply(answersAfter(50), deliver("bbbb"))).rejects.toThrow("status 503");
  await apply(answersAfter(15), deliver("cccc"));
});

test("where somebody has put a folder in the place of a file or a link, the next release is in place all the same", async () => {
  await apply(machine, deliver("aaaa"));
  for (const path of ["/opt/fleet/trees/chat/current", "/etc/fleet/wiki.json"]) {
    rmSync(machine.at(path));
    mkdirSync(machine.at(path));
    machine.write(`${path}/by-hand`, "x");
  }
  await apply(machine, deliver("bbbb", '{"new":true}'));
  expect(code()).toBe("// bbbb");
  expect(machine.read("/etc/fleet/wiki.json")).toBe('{"new":true}');
  rmSync(machine.at("/etc/fleet/wiki.json"));
  mkdirSync(machine.at("/etc/fleet/wiki.json"));
  const { files, ...rest } = version("cccc");
  const left = { ...rest, files: files.slice(0, 1) };
  const sha = machine.deliver(left, ["[Service]"], { chat: { "main.js": "// cccc" } });
  await apply(machine, sha);
  expect(existsSync(machine.at("/etc/fleet/wiki.json"))).toBe(false);
});

test("a unit that is gone from the release is stopped, and forgotten where it had failed", async () => {
  await apply(machine, deliver("aaaa"));
  const { units, ...rest } = version("bbbb");
  const left = { ...rest, units: units.filter(({ name }) => name !== "fleet-wiki.service") };
  await apply(
    machine,
    machine.deliver(left, ["[Service]", "{}"], { chat: { "main.js": "// bbbb" } }),
  );
  expect(machine.ran.filter((line) => line.endsWith(" -- fleet-wiki.service"))).toEqual([
    "systemctl stop -- fleet-wiki.service",
    "systemctl disable --quiet -- fleet-wiki.service",
    "systemctl reset-failed -- fleet-wiki.service",
  ]);
});

test("what nginx names itself by over HTTP/3 is the machine's own, root's alone, and the same after the next release", async () => {
  await apply(machine, deliver("aaaa"));
  const key = (): string => readFileSync(machine.at("/etc/fleet/quic-host-key"), "hex");
  const first = key();
  expect(first).toHaveLength(64);
  expect(statSync(machine.at("/etc/fleet/quic-host-key")).mode & 0o777).toBe(0o600);
  await apply(machine, deliver("bbbb"));
  expect(key()).toBe(first);
});

test("a file has the time of its arrival: of bundles without times nginx would make the same ETag for a page that changed and kept its length", async () => {
  await apply(machine, deliver("aaaa"));
  const time = (): number => statSync(machine.at("/opt/fleet/trees/chat/current/main.js")).mtimeMs;
  const first = time();
  await apply(machine, deliver("bbbb"));
  expect([first > 0, time() > first]).toEqual([true, true]);
});

test("the same release again changes nothing and keeps its date", async () => {
  const sha = deliver("aaaa");
  await apply(machine, sha);
  const before = machine.read("/var/lib/fleet-agent/applied.json");
  machine.ran.length = 0;
  await machine.sleep(60_000);
  await apply(machine, sha);
  expect(restarts()).toEqual([]);
  expect(machine.said).toContain("everything is in place already");
  expect(machine.read("/var/lib/fleet-agent/applied.json")).toBe(before);
});

test("a new tree restarts its service alone", async () => {
  await apply(machine, deliver("aaaa"));
  machine.ran.length = 0;
  await apply(machine, deliver("bbbb"));
  expect(restarts()).toEqual(["systemctl restart -- fleet-chat.service"]);
});

const told = (): string[] =>
  machine.ran
    .filter((line) => line.includes("monitor.js maintenance"))
    .map((line) =>
      line
        .replace(/^.*maintenance /, "")
        .replace(/[0-9a-f]{12}/, "SHA")
        .replace(" --config /etc/fleet/watchdog.json", ""),
    );

test("the Observatory is told before the restarts of a later release, of the services that restart, and after them; the first release disturbs nobody", async () => {
  await apply(machine, deliver("aaaa"));
  expect(told()).toEqual([]);
  await apply(machine, deliver("bbbb"));
  expect(told()).toEqual([
    "release SHA on the primary --minutes 5 --service chat",
    "release SHA on the primary --end",
  ]);
  const marks = {
    told: "--minutes",
    ended: "--end",
    restarted: "systemctl restart -- fleet-chat",
  };
  const order = machine.ran
    .flatMap((line) => Object.entries(marks).filter(([, mark]) => line.includes(mark)))
    .map(([word]) => word);
  expect(order.slice(-3)).toEqual(["told", "restarted", "ended"]);
});

test("a service that goes, or changes its name, is announced too: the watcher hears of the new names after the primary has them", async () => {
  const named = (service: string, host: string): Release["publicProbes"] => [
    { service, url: `https://${host}/`, status: 200, timeoutSeconds: 20 },
  ];
  const with_ = (publicProbes: Release["publicProbes"], units: Release["units"]): string =>
    machine.deliver({ ...version("aaaa"), publicProbes, units }, ["[Service]", "{}"], {
      chat: { "main.js": "// aaaa" },
    });
  const [chat, wiki] = version("aaaa").units as [ReleaseUnit, ReleaseUnit];
  for (const host of ["old.example.test", "new.example.test"])
    machine.pages.set(`https://${host}/`, { status: 200, body: "" });
  await apply(machine, with_(named("talk", "old.example.test"), [chat, wiki]));
  await apply(machine, with_(named("talk", "new.example.test"), [chat, wiki]));
  await apply(machine, with_(named("talk", "new.example.test"), [chat]));
  expect(told()).toEqual([
    "release SHA on the primary --minutes 5 --service talk",
    "release SHA on the primary --end",
    "release SHA on the primary --minutes 5 --service wiki",
    "release SHA on the primary --end",
  ]);
});

test("a service that comes with a release is nobody's to miss: the Observatory, which does not know it, would refuse the whole message", async () => {
  const units = version("bbbb").units as [ReleaseUnit, ReleaseUnit];
  const older = { ...version("aaaa"), units: units.slice(0, 1) };
  await apply(
    machine,
    machine.deliver(older, ["[Service]", "{}"], { chat: { "main.js": "// a" } }),
  );
  await apply(machine, deliver("bbbb"));
  expect(told()[0]).toBe("release SHA on the primary --minutes 5 --service chat");
});

test("what a release needs is made ready without touching what runs; the switch is the next one's", async () => {
  await apply(machine, deliver("aaaa"));
  machine.ran.length = 0;
  const sha = machine.deliver({ ...version("bbbb"), packages: ["chess"] }, ["[Service]", "{}"], {
    chat: { "main.js": "// bbbb" },
  });
  await apply(machine, sha, true);
  expect(machine.ran.filter((line) => line.includes("install"))).toHaveLength(1);
  expect([code(), restarts(), told()]).toEqual(["// aaaa", [], []]);
  await apply(machine, sha);
  expect(code()).toBe("// bbbb");
});

test("an Observatory that can't be told, and a release that fails, change nothing about that", async () => {
  await apply(machine, deliver("aaaa"));
  machine.answers.set("timeout 5 node", { code: 1, stderr: "monitor: connection refused\n" });
  await apply(machine, deliver("bbbb"));
  expect(code()).toBe("// bbbb");
  expect(machine.said).toContain(
    "the Observatory could not be told of the restarts: monitor: connection refused",
  );
  machine.ran.length = 0;
  machine.pages.set(URL, { status: 500, body: "" });
  await expect(apply(machine, deliver("cccc"))).rejects.toThrow("not in force");
  expect(told()).toEqual(Array.from({ length: 3 }, () => expect.stringContaining("--minutes 5")));
});

test("an Observatory that restarts with a release of its own is told as soon as it is back", async () => {
  await apply(machine, deliver("aaaa"));
  let away = 1;
  const run: typeof machine.run = async (argv, ...rest) =>
    argv.includes("maintenance") && away-- > 0
      ? { code: 1, stdout: "", stderr: "monitor: connection refused\n" }
      : await machine.run(argv, ...rest);
  await apply({ ...machine, run }, deliver("bbbb"));
  expect(told()).toEqual([
    "release SHA on the primary --minutes 5 --service chat",
    "release SHA on the primary --end",
  ]);
  expect(machine.said.filter((line) => line.includes("could not be told"))).toEqual([]);
});

test("a release that does not answer is rolled back, with the answer and the journal in the error", async () => {
  await apply(machine, deliver("aaaa"));
  const bad = deliver("bbbb");
  machine.answers.set("journalctl", { stdout: "Error: out of tea\n" });
  const ask = machine.ask;
  const broken: TemporaryMachine = {
    ...machine,
    ask: async (url, ms) =>
      code() === "// bbbb" ? { status: 500, body: "no tea" } : await ask(url, ms),
  };
  const failure = await apply(broken, bad).catch((error: Error) => error.message);
  expect(failure).toMatch(
    /is not in force\.\nchat: http:\/\/127\.0\.0\.1:3001\/health answered status 500, not 200: no tea\n {2}journal of fleet-chat\.service:\n {4}Error: out of tea\nRolled back to [0-9a-f]{12}; its services answer on loopback\. It names nothing to ask over HTTPS\./,
  );
  expect(code()).toBe("// aaaa");
  expect(machine.ran.filter((line) => line.startsWith("systemctl restart")).at(-1)).toBe(
    "systemctl restart -- fleet-chat.service",
  );
});

test("a service that ends again and again is given up long before its time", async () => {
  machine.pages.clear();
  machine.answers.set("systemctl show", { stdout: "ActiveState=activating\nNRestarts=5\n" });
  const began = machine.now().getTime();
  await expect(apply(machine, deliver("aaaa"))).rejects.toThrow("it ends again and again");
  expect(machine.now().getTime() - began).toBeLessThan(5000);
});

test("a release that does not verify touches nothing", async () => {
  await apply(machine, deliver("aaaa", "{}"));
  machine.ran.length = 0;
  machine.answers.set("systemd-analyze verify", {
    code: 1,
    stderr: "fleet-chat.service:3: Unknown key",
  });
  const next = machine.deliver(
    { ...version("bbbb"), files: [file(UNIT, "[Service]\nBad=1")] },
    ["[Service]\nBad=1"],
    { chat: { "main.js": "// bbbb" } },
  );
  await expect(apply(machine, next)).rejects.toThrow(
    /does not verify; nothing that runs was touched\.\nsystemd-analyze verify .*\n {2}fleet-chat\.service:3: Unknown key/,
  );
  expect([code(), machine.read(UNIT)]).toEqual(["// aaaa", "[Service]"]);
  expect(machine.ran.filter((line) => /restart|enable|daemon-reload/.test(line))).toEqual([]);
});

test("killed between the files and systemd, the next apply restarts what was not told", async () => {
  const [one, two] = [deliver("aaaa"), deliver("aaaa", "{2}")];
  await apply(machine, one);
  const killed: TemporaryMachine = {
    ...machine,
    run: async (argv, options) =>
      argv[1] === "restart"
        ? await new Promise<never>(() => undefined)
        : await machine.run(argv, options),
  };
  const reached = new Promise<void>((resolve) => {
    const run = killed.run;
    killed.run = async (argv, options) => {
      if (argv[1] === "restart") resolve();
      return await run(argv, options);
    };
  });
  void apply(killed, two);
  await reached;
  expect(machine.read("/etc/fleet/wiki.json")).toBe("{2}");
  await apply(machine, two);
  expect(restarts().at(-1)).toBe("systemctl restart -- fleet-wiki.service");
  expect(existsSync(machine.at("/var/lib/fleet-agent/pending.json"))).toBe(false);
});

test("killed again on the way back, what only the failed release brought still goes", async () => {
  await apply(machine, deliver("aaaa"));
  const extra = machine.deliver(
    {
      ...version("bbbb"),
      files: [...version("bbbb").files, file("/etc/nginx/sites/new.conf", "new")],
    },
    ["[Service]", "{}", "new"],
    { chat: { "main.js": "// bbbb" } },
  );
  const upTo = (reached: () => void, last: number): TemporaryMachine => {
    let restarted = 0;
    return {
      ...machine,
      run: async (argv, options) => {
        if (argv[1] !== "restart" || ++restarted < last) return await machine.run(argv, options);
        reached();
        return await new Promise<never>(() => undefined);
      },
    };
  };
  await new Promise<void>((resolve) => {
    void apply(upTo(resolve, 1), extra);
  });
  // As if killed before a file was taken away.
  await new Promise<void>((resolve) => {
    void apply(upTo(resolve, 1), deliver("cccc"));
  });
  machine.write("/etc/nginx/sites/new.conf", "new");
  await apply(machine, deliver("dddd"));
  expect(existsSync(machine.at("/etc/nginx/sites/new.conf"))).toBe(false);
});

test("a certificate that can't be had does not hold up the way back from services that don't answer", async () => {
  await apply(machine, deliver("aaaa"));
  machine.pages.set(URL, { status: 500, body: "" });
  machine.answers.set("certbot", { code: 1, stderr: "DNS problem" });
  const hasty: TemporaryMachine = {
    ...machine,
    sleep: async (milliseconds, enough) => {
      await (enough ?? machine.sleep(milliseconds));
    },
  };
  const next = machine.deliver(
    {
      ...version("bbbb"),
      certificates: [{ name: "fleet", hosts: ["a.example.test"], email: "owner@example.test" }],
    },
    ["[Service]", "{}"],
    { chat: { "main.js": "// bbbb" } },
  );
  await expect(apply(hasty, next)).rejects.toThrow(/DNS problem[^]*answered status 500/);
  expect(machine.ran.filter((line) => line.startsWith("certbot"))).toHaveLength(1);
});

test("a bundle that was damaged on its way is not unpacked", async () => {
  const sha = deliver("aaaa");
  const path = machine.at(`/home/fleet/release-${sha}.tar.gz`);
  const bytes = readFileSync(path);
  bytes[bytes.length >> 1]! ^= 1;
  writeFileSync(path, bytes);
  await expect(apply(machine, sha)).rejects.toThrow("the copy is damaged");
  expect(machine.ran).toEqual([]);
});

test("a release of the other machine is refused", async () => {
  machine.write("/etc/fleet/identity.json", JSON.stringify({ role: "watcher" }));
  await expect(apply(machine, deliver("aaaa"))).rejects.toThrow(
    "this release is for the primary, and this machine is the watcher",
  );
});

test("by hand one goes back to the release before", async () => {
  await apply(machine, deliver("aaaa"));
  await apply(machine, deliver("bbbb"));
  await rollback(machine);
  expect(code()).toBe("// aaaa");
  await rollback(machine);
  expect(code()).toBe("// bbbb");
});

test("without an earlier release, rollback says so", async () => {
  await apply(machine, deliver("aaaa"));
  await expect(rollback(machine)).rejects.toThrow("there is no earlier release");
});

test("three releases stay on the disk, and the one in force and the one before always", async () => {
  const shas: string[] = [];
  for (const hash of ["1111", "2222", "3333", "4444", "5555"]) {
    shas.push(deliver(hash));
    await apply(machine, shas.at(-1)!);
    await machine.sleep(1000);
  }
  const there = shas.filter((sha) => existsSync(machine.at(`/opt/fleet/releases/${sha}`)));
  expect(there.length).toBeLessThanOrEqual(4);
  expect(there).toEqual(expect.arrayContaining(shas.slice(-2)));
  rmSync(machine.at(`/home/fleet/release-${shas[3]}.tar.gz`), { force: true });
  await rollback(machine);
  expect(code()).toBe("// 4444");
});

test("a release of another fleet is refused before anything is touched; a fleet may take another name or another domain", async () => {
  const deliverOf = (hash: string, fleet: string): string =>
    machine.deliver({ ...version(hash), fleet }, ["[Service]", "{}"], {
      chat: { "main.js": `// ${hash}` },
    });
  await apply(machine, deliverOf("aaaa", "one@x.test"));
  machine.ran.length = 0;
  await expect(apply(machine, deliverOf("bbbb", "two@y.test"))).rejects.toThrow(
    "this release is of the fleet two@y.test, and this machine is of one@x.test",
  );
  expect([code(), restarts()]).toEqual(["// aaaa", []]);
  await apply(machine, deliverOf("cccc", "one@y.test"));
  expect(code()).toBe("// cccc");
});
