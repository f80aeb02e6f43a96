import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, expect, test } from "@jest/globals";

import { sshConfig } from "../../../cli/access/keys";
import { isLocalHost, isOwnOrigin } from "../../../cli/commands/console";
import { passphrase, token } from "../../../cli/commands/doctor";
import { render } from "../../../cli/commands/mail";
import { contextOf, isStackName } from "../../../cli/context";
import { chooseEngine } from "../../../cli/engine/spawn";
import { backendFolder, dropletIn, resourcesIn } from "../../../cli/engine/state";
import { type FaultOptions, faultOf } from "../../../cli/faults";
import { withLock } from "../../../cli/lock";
import { isOldNode } from "../../../cli/node-version";

const STATE = mkdtempSync(join(tmpdir(), "fleet-cli-"));
afterAll(() => rmSync(STATE, { recursive: true, force: true }));
const context = contextOf({ state: STATE });
const fleet = (...args: string[]): Promise<{ code: number; out: string; err: string }> =>
  new Promise((resolve) => {
    execFile("./fleet", args, { cwd: context.project }, (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, out, err }),
    );
  });

test("what the command line was made to from its sources is kept, and made anew where it was cut short", async () => {
  const kept = join(context.project, "node_modules/.cache/second-server/typescript");
  const first = await fleet("history", "--help");
  const [one = ""] = readdirSync(kept).filter((name) =>
    readFileSync(join(kept, name), "utf8").includes("only ever added to"),
  );
  const whole = readFileSync(join(kept, one), "utf8");
  writeFileSync(join(kept, one), whole.slice(0, -10));
  expect(await fleet("history", "--help")).toEqual({ ...first, code: 0 });
  expect(readFileSync(join(kept, one), "utf8")).toBe(whole);
});

test("help lists every subcommand and exits 0; an unknown one exits 2", async () => {
  const help = await fleet("--help");
  expect(help.code).toBe(0);
  for (const name of [
    "up",
    "preview",
    "status",
    "destroy",
    "down",
    "ssh",
    "net",
    "mail",
    "logs",
    "console",
    "drill",
    "recover",
    "doctor",
    "fault",
  ])
    expect(help.out).toContain(`  ${name} `);
  expect((await fleet("bogus")).code).toBe(2);
});

test.each(["up", "preview", "status", "destroy", "drill", "ssh", "fault inject"])(
  "%s --help names its own options and the common three",
  async (name) => {
    const { code, out } = await fleet(...name.split(" "), "--help");
    expect(code).toBe(0);
    expect(out).toMatch(/--state[\s\S]*--stack[\s\S]*--json/);
  },
);

test("bad input exits 2 and says what to do", async () => {
  expect(await fleet("drill", "earthquake")).toMatchObject({
    code: 2,
    err: expect.stringContaining("primary-rebooted, security-upgrade"),
  });
  expect(await fleet("ssh", "tertiary")).toMatchObject({
    code: 2,
    err: expect.stringContaining("Say primary or watcher"),
  });
});

test("the engine is the CLI where it is installed, and only what exists can be asked for", () => {
  expect(chooseEngine(undefined, true)).toBe("pulumi");
  expect(chooseEngine(undefined, false)).toBe("embedded");
  expect(chooseEngine("embedded", true)).toBe("embedded");
  expect(() => chooseEngine("pulumi", false)).toThrow("no `pulumi` on PATH");
  expect(() => chooseEngine("terraform", true)).toThrow("there is no such engine");
});

test("one changing command at a time; a dead holder is no holder; the lock goes with the work", async () => {
  await withLock(context, "up", async () => {
    await expect(withLock(context, "down", async () => 1)).rejects.toThrow(
      /"fleet up" is at work on .*process/,
    );
  });
  writeFileSync(
    join(STATE, "fleet.lock"),
    JSON.stringify({ pid: process.pid, started: "1", command: "up", since: "then" }),
  );
  await expect(withLock(context, "down", async () => "taken over")).resolves.toBe("taken over");
  expect(readdirSync(STATE).filter((name) => name.startsWith("fleet.lock"))).toEqual([]);
});

test("a number or a word that was mistyped is refused before anything is touched", async () => {
  const untouched = join(STATE, "untouched");
  const [seconds, pace] = await Promise.all([
    fleet("up", "--verify-seconds", "soon", "--state", untouched),
    fleet("up", "--pace", "slow", "--state", untouched),
  ]);
  expect(seconds).toMatchObject({
    code: 2,
    err: expect.stringContaining("--verify-seconds soon: give a whole number from 0 on"),
  });
  expect(pace).toMatchObject({
    code: 2,
    err: expect.stringContaining("Allowed choices are host, real"),
  });
  expect(existsSync(untouched)).toBe(false);
});

test("stack names can be neither paths nor options, for any command", () => {
  expect(() => contextOf({ stack: "../../etc" })).toThrow("a stack's name has letters");
  expect(["local", "prod", "team.prod-2"].every(isStackName)).toBe(true);
  expect(["../x", "-x", "", "a b"].some(isStackName)).toBe(false);
});

test("a fault is built from words, and a missing number is named", async () => {
  const idOf = async (name: string): Promise<number> => (name === "primary" ? 1 : 2);
  await expect(faultOf("freeze", "primary", { unit: "chat" }, idOf)).resolves.toEqual({
    kind: "freeze",
    dropletId: 1,
    unit: "fleet-chat.service",
  });
  await expect(faultOf("network-cut", "primary", { peer: "watcher" }, idOf)).resolves.toEqual({
    kind: "network-cut",
    dropletId: 1,
    peerId: 2,
  });
  await expect(faultOf("power-cut", "primary", {}, idOf)).resolves.toEqual({
    kind: "power-cut",
    dropletId: 1,
  });
  await expect(
    faultOf("clock-skew", "primary", { seconds: "-60", unit: "ssh.service" }, idOf),
  ).resolves.toEqual({ kind: "clock-skew", dropletId: 1, seconds: -60, unit: "ssh.service" });
  await expect(
    faultOf("api", undefined, { path: "/droplets", status: "503", times: "2" }, idOf),
  ).resolves.toMatchObject({ kind: "api", path: "/droplets", status: 503, times: 2 });
  await expect(
    faultOf("dns", undefined, { name: "blog.example.test", answer: "nxdomain" }, idOf),
  ).resolves.toEqual({ kind: "dns", name: "blog.example.test", answer: "NXDOMAIN" });
  await expect(faultOf("relay", undefined, {}, idOf)).resolves.toEqual({
    kind: "relay",
    how: "refuse",
  });
});

test.each<[string, string | undefined, FaultOptions, string]>([
  ["loss", "primary", {}, "--percent is needed"],
  ["loss", "primary", { percent: "many" }, "--percent is needed"],
  ["fire", "primary", {}, "Choose one of: power-cut, network-cut"],
  ["freeze", undefined, {}, "./fleet fault inject freeze MACHINE"],
  ["acme", "primary", {}, 'leave out "primary"'],
  [
    "loss",
    "primary",
    { percent: "5", retryAfter: "1" },
    "loss takes no --retry-after; it takes --percent",
  ],
  ["api", undefined, { path: "/droplets" }, "--status 503, or --delay 2000"],
  ["dns", undefined, { answer: "maybe" }, "choose one of: SERVFAIL"],
  ["toString", undefined, {}, "there is no fault"],
])("fault %s %s %o is refused: %s", async (kind, machine, options, said) => {
  await expect(faultOf(kind, machine, options, async () => 1)).rejects.toThrow(said);
});

test("the console page answers only to this machine's own browser", () => {
  expect(["127.0.0.1:8088", "localhost", "[::1]:1"].every(isLocalHost)).toBe(true);
  expect(["evil.example:8088", "127.0.0.1.evil.example", undefined].some(isLocalHost)).toBe(false);
  expect(isOwnOrigin("https://evil.example")).toBe(false);
});

test("mails are shown as mails", () => {
  expect(render([])).toBe("No mail yet.");
  expect(
    render([
      {
        id: 1,
        from: "a@b",
        to: ["c@d"],
        subject: "chat is down",
        date: "now",
        text: "since 10:00\n",
      },
    ]),
  ).toContain("Subject: chat is down\n\n  since 10:00");
});

test("a machine's droplet is found by its name in the program, whoever has written the state and whatever the droplet is called; not one that is only still to be deleted", () => {
  const type = "digitalocean:index/droplet:Droplet";
  const urn = (name: string) => `urn:pulumi:local::second-server::${type}::${name}`;
  const resources = [
    { urn: urn("primary"), type, id: "1", delete: true },
    { urn: urn("watcher"), type, id: "2", outputs: { name: "primary" } },
    { urn: urn("primary"), type, id: "3", outputs: { name: "web-1" } },
  ];
  for (const text of [
    JSON.stringify({ checkpoint: { latest: { resources } } }),
    JSON.stringify({ version: 3, deployment: { resources } }),
  ])
    expect(dropletIn(resourcesIn(text), "primary")?.id).toBe("3");
  expect(resourcesIn("{}")).toEqual([]);
});

test("the state of a fleet on the real DigitalOcean is looked for where the owner keeps it; the local one's is its own", () => {
  const real = contextOf({ state: STATE, stack: "prod" });
  expect([
    backendFolder(real, undefined),
    backendFolder(real, "file:///srv/my%20state?x=1"),
    backendFolder(real, "s3://bucket"),
    backendFolder(context, "s3://bucket"),
  ]).toEqual([STATE, "/srv/my state", undefined, STATE]);
});

test("doctor asks for the passphrase before the engine does", () => {
  expect(passphrase({})).toMatchObject({
    ok: false,
    remedy: expect.stringContaining("export PULUMI_CONFIG_PASSPHRASE"),
  });
  expect(passphrase({ PULUMI_CONFIG_PASSPHRASE_FILE: "/x" }).ok).toBe(true);
});

test("doctor tells a missing token from a refused one", async () => {
  expect(await token(undefined)).toMatchObject({
    ok: false,
    detail: "DIGITALOCEAN_TOKEN is not set",
  });
  expect(await token("x", async () => new Response("{}", { status: 401 }))).toMatchObject({
    ok: false,
    detail: "refused (401)",
  });
  expect(
    await token("x", async () =>
      Response.json({ account: { status: "active", droplet_limit: 10 } }),
    ),
  ).toMatchObject({ ok: true, detail: "account active, up to 10 droplets" });
});

test("ssh accepts only the host keys known beforehand", () => {
  const text = sshConfig("/s", "fleet", { primary: "203.0.113.10" });
  expect(text).toContain("StrictHostKeyChecking yes");
  expect(text).toContain("HostKeyAlias primary");
});

test.each([
  ["18.20.8", true],
  ["20.18.3", true],
  ["20.19.0", false],
  ["22.1.0", false],
])("Node %s is too old: %s", (version, old) => expect(isOldNode(version)).toBe(old));
