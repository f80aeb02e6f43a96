import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync } from "node:fs";

import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Identity } from "@second-server/contract/release";

import { requestOf } from "../../../agent/backup/peer";
import { parseIdentity, sshConfigOf } from "../../../agent/identity";
import { authorizedKeyOf, settlePeer } from "../../../agent/peer-account";
import { type TemporaryMachine, temporaryMachine } from "./temporary-machine";

const identity: Identity = {
  format: 1,
  role: "primary",
  hostPrivateKey: "PRIVATE",
  self: { address: "203.0.113.10", dropletId: "1" },
  peer: { address: "203.0.113.11", hostKey: "ssh-ed25519 AAAAhost" },
  floatingIp: "203.0.113.200",
  outgoingPrivateKey: "PRIVATE",
  incomingPublicKey: "ssh-ed25519 AAAApeer",
  secrets: { "relay-password": "secret" },
};

test.each([
  ["prepare", "prepare"],
  ["state", "state"],
  ["restore", "restore"],
  ["keep-history", "keep-history"],
  ["history 0", "history"],
  ["live 0", "live"],
  ["live 1764334800000", "live"],
  ["rsync-live --server --sender -logDtpre.iLsfxCIvu . ./", "fetch-live"],
  ["rsync --server --sender -logDtpre.iLsfxCIvu . ./", "fetch"],
] as const)("the other machine may say %s", (line, request) => {
  expect(requestOf(line)).toBe(request);
});

test.each([
  "",
  "sh",
  "prepare; id",
  "prepare\nid",
  " prepare",
  "history",
  "history 10",
  "live",
  "live 1; id",
  "live 1\n",
  "live 9999999999999999",
  "rsync-live --server -logDtpre.iLsfxCIvu . ./",
  "history 0; id",
  "history ../0",
  "rsync --server -vlogDtpr . /",
  "rsync  --server --sender . /",
  "scp -f /etc/shadow",
])("%j is refused", (line) => {
  expect(() => requestOf(line)).toThrow("refused");
});

test("its key is good for one program, from one address, without a terminal or a tunnel", () => {
  expect(authorizedKeyOf(identity)).toBe(
    'restrict,from="203.0.113.11",command="exec /etc/fleet/peer-command" ssh-ed25519 AAAApeer\n',
  );
});

describe("what its key starts", () => {
  let machine: TemporaryMachine;
  beforeEach(async () => {
    machine = temporaryMachine();
    mkdirSync(machine.at("/home/peer"), { recursive: true });
    await settlePeer(machine, identity);
  });
  afterEach(() => {
    machine.remove();
  });
  /** The script as it is, but for where its folder is and what it starts as root. */
  const start = (words: string, work = "echo did") => {
    const script = machine
      .read("/etc/fleet/peer-command")
      .replaceAll("/home/peer", machine.at("/home/peer"))
      .replace("sudo -n /usr/local/bin/fleet-agent peer", work);
    return spawn("sh", ["-c", script], {
      env: { ...process.env, SSH_ORIGINAL_COMMAND: words },
      stdio: ["pipe", "pipe", "ignore"],
    });
  };
  const codeOf = async (child: ReturnType<typeof start>): Promise<unknown> =>
    (await once(child, "close"))[0];

  test("passes its eight words on, and nothing else", async () => {
    for (const words of [
      "prepare",
      "state",
      "restore",
      "keep-history",
      "history 1",
      "live 0",
      "live 1764334800000",
      "rsync --server --sender . ./",
      "rsync-live --server --sender . ./",
    ])
      expect([words, await codeOf(start(words))]).toEqual([words, 0]);
    for (const words of [
      "",
      "sh",
      "prepare; id",
      "prepare\nid",
      "history",
      "history 12",
      "history 1\nid",
      "live",
      "live ",
      "live -1",
      "live 1\nid",
      "live 1; id",
      "rsync --server . /",
      "rsync-live --server . /",
    ])
      expect([words, await codeOf(start(words))]).toEqual([words, 1]);
  });

  test("lets two be at work, and one wait for changes beside them; each more is turned away until one has ended", async () => {
    const busy = ["prepare", "state", "live 0"].map((words) =>
      start(words, "echo begun; read line; :"),
    );
    await Promise.all(busy.map(({ stdout }) => once(stdout, "data")));
    expect(await codeOf(start("prepare"))).toBe(75);
    expect(await codeOf(start("rsync-live --server --sender . ./"))).toBe(75);
    const [first, ...others] = busy.map((child) => once(child, "close"));
    busy[0]?.stdin.end("\n");
    await first;
    expect(await codeOf(start("prepare"))).toBe(0);
    for (const child of busy.slice(1)) child.stdin.end("\n");
    await Promise.all(others);
  });

  test("is not there on the watcher, where an earlier agent's account is taken away", async () => {
    await settlePeer(machine, { ...identity, role: "watcher" });
    for (const path of [
      "/etc/sudoers.d/fleet-peer",
      "/home/peer/.ssh/authorized_keys",
      "/etc/fleet/peer-command",
    ])
      expect([path, existsSync(machine.at(path))]).toEqual([path, false]);
    expect(machine.ran.at(-1)).toBe("userdel --force --remove peer");
  });
});

test("the way to the other machine knows its host key and asks nothing", () => {
  expect(sshConfigOf(identity)).toMatch(
    /HostName 203\.0\.113\.11\n[^]*StrictHostKeyChecking yes\n[^]*BatchMode yes\n/,
  );
});

test.each([
  ["no JSON", "{", "not JSON"],
  ["another format", JSON.stringify({ ...identity, format: 2 }), "format 2"],
  [
    "a second line in a key",
    JSON.stringify({ ...identity, incomingPublicKey: "ssh-ed25519 A\nssh-ed25519 B" }),
    "one plain line",
  ],
  [
    "a quote in an address",
    JSON.stringify({ ...identity, peer: { ...identity.peer, address: '1.2.3.4",command="sh' } }),
    "one plain line",
  ],
  [
    "a secret that names another file",
    JSON.stringify({ ...identity, secrets: { "../shadow": "x" } }),
    "can't be a secret's name",
  ],
])("an identity with %s is refused", (_what, text, reason) => {
  expect(() => parseIdentity(text)).toThrow(reason);
});

test("a whole identity is taken as it is", () => {
  expect(parseIdentity(JSON.stringify(identity))).toEqual(identity);
});
