import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Identity } from "@second-server/contract/release";

import { apply } from "../../../agent/apply/apply";
import { takeIdentity } from "../../../agent/identity";
import { pushKeysDrift } from "../../../agent/operator-keys";
import { file, release } from "./sample";
import { type TemporaryMachine, temporaryMachine } from "./temporary-machine";

const UNIT = "[Service]\nLoadCredential=signing-key:/etc/fleet/secrets/signing-key\n";

let machine: TemporaryMachine;
let identity: Identity;
beforeEach(() => {
  machine = temporaryMachine();
  machine.write("/etc/ssh/ssh_host_rsa_key", "first boot");
  const key = join(machine.root, "key");
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key]);
  identity = {
    format: 1,
    role: "watcher",
    hostPrivateKey: readFileSync(key, "utf8"),
    self: { address: "203.0.113.11", dropletId: "2" },
    peer: { address: "203.0.113.10", hostKey: "ssh-ed25519 AAAAhost" },
    floatingIp: "203.0.113.200",
    outgoingPrivateKey: "PRIVATE",
    incomingPublicKey: "ssh-ed25519 AAAApeer",
    secrets: { "signing-key": "one", "relay-password": "two" },
  };
  machine.answers.set("ssh-keygen -y", { stdout: readFileSync(`${key}.pub`, "utf8") });
});
afterEach(() => {
  machine.remove();
});

test("the machine has its permanent host key and no other, knows its peer, and keeps its secrets to itself", async () => {
  await takeIdentity(machine, identity);
  expect(readdirSync(machine.at("/etc/ssh")).sort()).toEqual([
    "ssh_host_ed25519_key",
    "ssh_host_ed25519_key.pub",
  ]);
  expect(machine.read("/etc/fleet/known_hosts")).toBe("peer ssh-ed25519 AAAAhost\n");
  for (const path of [
    "/etc/ssh/ssh_host_ed25519_key",
    "/etc/fleet/peer_ed25519",
    "/etc/fleet/identity.json",
    "/etc/fleet/secrets/signing-key",
  ])
    expect([path, statSync(machine.at(path)).mode & 0o777]).toEqual([path, 0o600]);
  expect(machine.ran.at(-1)).toBe("systemctl reload-or-restart ssh.service");
});

describe("who may log in", () => {
  const KEYS = "/home/fleet/.ssh/authorized_keys";
  const [stack, owner, gone] = ["stack", "owner", "gone"].map(
    (name) => `ssh-ed25519 AAAA${name} ${name}`,
  ) as [string, string, string];
  const readable = (count: number) =>
    machine.answers.set("ssh-keygen -l", { stdout: "256 SHA256:x (ED25519)\n".repeat(count) });

  test("a key that was taken out of the settings opens nothing from now on, nor does one that somebody has added there; the stack's own stays", async () => {
    machine.write(KEYS, `${stack}\n${gone}\nssh-rsa AAAAhand somebody\n`);
    readable(2);
    await takeIdentity(machine, { ...identity, operatorKeys: [stack, owner] });
    expect(machine.read(KEYS)).toBe(`${stack}\n${owner}\n`);
    expect(statSync(machine.at(KEYS)).mode & 0o777).toBe(0o600);
    expect(machine.said.join("\n")).toContain(
      "keys that nobody has configured: 2, keys that are missing: 1",
    );
  });

  test("a list that ssh-keygen can't read as meant is refused, and the one before stays: nobody is locked out", async () => {
    machine.write(KEYS, `${stack}\n`);
    readable(1);
    await expect(
      takeIdentity(machine, { ...identity, operatorKeys: [stack, "ssh-ed25519 nonsense"] }),
    ).rejects.toThrow("of the 2 public keys that may log in, ssh-keygen can read 1");
    expect(machine.read(KEYS)).toBe(`${stack}\n`);
  });

  test("on the primary they may push too, by a list of root's in which each key starts one program; elsewhere nobody may", async () => {
    readable(2);
    const pushing = {
      ...identity,
      role: "primary",
      operatorKeys: [stack, `${owner} \`id\`'x"`],
    } as const;
    await takeIdentity(machine, pushing);
    const lines = machine.read("/etc/fleet/push-keys").trimEnd().split("\n");
    expect(lines.map((line) => line.split(" ssh-ed25519 ")[0])).toEqual([
      expect.stringMatching(/^restrict,command="exec \/etc\/fleet\/push\/command '[\w.@-]+'"$/),
      expect.stringMatching(/^restrict,command="exec \/etc\/fleet\/push\/command '[\w.@-]+'"$/),
    ]);
    machine.write("/etc/fleet/push-keys", "ssh-rsa AAAAhand somebody\n");
    expect(pushKeysDrift(machine, pushing)).toEqual(["/etc/fleet/push-keys: changed"]);
    expect(pushKeysDrift(machine, { ...pushing, role: "watcher" })).toEqual([]);
  });

  test("an identity of before says nothing of it, and changes nothing", async () => {
    machine.write(KEYS, `${gone}\n`);
    await takeIdentity(machine, identity);
    expect(machine.read(KEYS)).toBe(`${gone}\n`);
  });

  test("what an older agent has taken without heeding it is heeded with the next release", async () => {
    machine.write(KEYS, `${gone}\n`);
    machine.write(
      "/etc/fleet/identity.json",
      JSON.stringify({ ...identity, operatorKeys: [stack] }),
    );
    readable(1);
    await apply(machine, machine.deliver(release({ role: "watcher", trees: [] }), []));
    expect(machine.read(KEYS)).toBe(`${stack}\n`);
  });
});

test.each([0o022, 0o077])(
  "on a fresh machine its secrets are its own, and what the watcher's key starts is within the watcher's reach (umask %d)",
  async (umask) => {
    const before = process.umask(umask);
    try {
      await takeIdentity(machine, { ...identity, role: "primary" });
    } finally {
      process.umask(before);
    }
    const modeOf = (path: string): string => (statSync(machine.at(path)).mode & 0o777).toString(8);
    expect(modeOf("/etc/fleet/secrets")).toBe("700");
    for (const path of ["/etc/fleet", "/etc/fleet/peer-command", "/home/peer/.ssh"])
      expect({ path, mode: modeOf(path) }).toEqual({ path, mode: "755" });
  },
);

test("the first boot's host key goes once the permanent one has been used", async () => {
  await takeIdentity(machine, identity);
  machine.write("/etc/ssh/ssh_host_ecdsa_key", "first boot");
  machine.ran.length = 0;
  await takeIdentity(machine, identity);
  expect(readdirSync(machine.at("/etc/ssh")).sort()).toEqual([
    "ssh_host_ed25519_key",
    "ssh_host_ed25519_key.pub",
  ]);
  expect(machine.ran.at(-1)).toBe("systemctl reload-or-restart ssh.service");
});

test("the same identity again leaves sshd alone", async () => {
  await takeIdentity(machine, identity);
  machine.ran.length = 0;
  await takeIdentity(machine, identity);
  expect(machine.ran.filter((line) => line.startsWith("systemctl"))).toEqual([]);
});

test("a secret that changed reaches the unit that was handed the old one; a secret that is gone is gone", async () => {
  await takeIdentity(machine, identity);
  const units = ["observatory.service", "fleet-chat.service"].map((name) => ({
    name,
    restartOn: [],
    onChange: "restart" as const,
    enable: true,
  }));
  const files = [
    file("/etc/systemd/system/observatory.service", UNIT),
    file("/etc/systemd/system/fleet-chat.service", "[Service]\n"),
  ];
  await apply(
    machine,
    machine.deliver(release({ role: "watcher", trees: [], units, files }), [UNIT, "[Service]\n"]),
  );
  machine.ran.length = 0;
  await takeIdentity(machine, { ...identity, secrets: { "signing-key": "another" } });
  expect(machine.ran.filter((line) => line.startsWith("systemctl"))).toEqual([
    "systemctl try-restart -- observatory.service",
  ]);
  expect([
    machine.read("/etc/fleet/secrets/signing-key"),
    existsSync(machine.at("/etc/fleet/secrets/relay-password")),
  ]).toEqual(["another", false]);
});

test("a machine without a peer yet is reachable by its operator alone", async () => {
  await takeIdentity(machine, { ...identity, peer: undefined as unknown as Identity["peer"] });
  expect(existsSync(machine.at("/home/peer/.ssh/authorized_keys"))).toBe(false);
});
