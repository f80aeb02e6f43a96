import { afterAll, expect, test } from "@jest/globals";
import { SECRETS } from "@second-server/contract/names";

import { KNOWN_TO_PRIMARY, instantOf, ownersPart, rotations } from "../../../cli/compromised";
import { factsIn, project, removeProjects } from "../../fixtures/manifest";

afterAll(removeProjects);

const urn = (type: string, name: string): string =>
  `urn:pulumi:local::second-server::${type}::${name}`;
const KEY = "tls:index/privateKey:PrivateKey";

test("what the primary had is made anew, and what it never had stays", () => {
  const names = [...KNOWN_TO_PRIMARY, "keys-admin", "keys-peer-watcher", SECRETS.ownerKey];
  const resources = names.map((name) => ({ urn: urn(KEY, name), type: KEY }));
  const going = { urn: urn(KEY, "keys-host-primary"), type: KEY, delete: true };
  expect(rotations([...resources, going])).toEqual(
    KNOWN_TO_PRIMARY.flatMap((name) => ["--replace", urn(KEY, name)]),
  );
});

test.each([
  ["2026-11-27T13:00Z", "2026-11-27T13:00:00.000Z"],
  ["20261127T130509Z", "2026-11-27T13:05:09.000Z"],
])("--at %s is a moment", (text, at) => {
  expect(instantOf(text)).toBe(at);
});
test.each(["", "yesterday", "2026", "20261127"])("--at %j is refused with a remedy", (text) => {
  expect(() => instantOf(text)).toThrow(/say a moment such as .*Z/);
});

test("what only the owner can change is said by name: secrets that he set, and nothing that the stack makes", () => {
  const facts = factsIn(project());
  const relay = { ...facts.alerts.relay, user: "fleet" };
  const lines = ownersPart({ ...facts, alerts: { ...facts.alerts, relay } }, ["--stack", "prod"]);
  const text = lines.join("\n");
  expect(text).toContain("./fleet secret set relay-password, then ./fleet up --stack prod");
  expect(text).toContain(`crt.sh/?q=${facts.domain}`);
  expect(text).not.toContain(SECRETS.primaryKey);
  expect(text).not.toContain(SECRETS.operatorPassword);
  expect(ownersPart(facts).join("\n")).not.toContain("secret set");
});
