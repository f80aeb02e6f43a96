import { expect, test } from "@jest/globals";
import type { Identity } from "@second-server/contract/release";

import { requestOf } from "../../../agent/backup/peer";
import { authorizedKeyOf, parseIdentity, sshConfigOf } from "../../../agent/identity";

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
  "rsync --server -vlogDtpr . /",
  "rsync  --server --sender . /",
  "scp -f /etc/shadow",
])("%j is refused", (line) => {
  expect(() => requestOf(line)).toThrow("refused");
});

test("its key is good for one program, from one address, without a terminal or a tunnel", () => {
  expect(authorizedKeyOf(identity)).toBe(
    'restrict,from="203.0.113.11",command="exec sudo -n /usr/local/bin/fleet-agent peer \\"$SSH_ORIGINAL_COMMAND\\"" ssh-ed25519 AAAApeer\n',
  );
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
