import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readlinkSync, statSync } from "node:fs";

import { afterEach, beforeEach, expect, test } from "@jest/globals";

import { refreshCopies } from "../../../agent/backup/certificate-copy";
import { writeManifest } from "../../../agent/backup/manifest";
import { folderOf, noteOrder } from "../../../agent/backup/store";
import { type TemporaryMachine, temporaryMachine } from "./temporary-machine";

const COPY = { name: "failover", of: "fleet", hosts: ["a.example.test", "b.example.test"] };
/** What nginx reads, which is a link. */
const shown = (): string => readlinkSync(machine.at("/etc/fleet/tls/failover"));

let machine: TemporaryMachine;
beforeEach(() => {
  machine = temporaryMachine();
  process.env["SSL_CERT_FILE"] = machine.at("/ca.pem");
});
afterEach(() => {
  machine.remove();
  delete process.env["SSL_CERT_FILE"];
});

const openssl = (...words: readonly string[]): void => {
  execFileSync("openssl", words, { cwd: machine.root, stdio: "ignore" });
};
const EC = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"] as const;
const issue = (names: readonly string[], authority = "ca"): { chain: string; key: string } => {
  if (!existsSync(machine.at(`/${authority}.pem`)))
    openssl(
      ...["req", "-x509", ...EC, "-days", "900", "-subj", `/CN=${authority}`],
      ...["-keyout", `${authority}.key`, "-out", `${authority}.pem`],
    );
  machine.write("/names", `subjectAltName=${names.map((name) => `DNS:${name}`).join(",")}\n`);
  openssl("req", "-new", ...EC, "-subj", "/CN=x", "-keyout", "leaf.key", "-out", "leaf.csr");
  openssl(
    ...["x509", "-req", "-in", "leaf.csr", "-CA", `${authority}.pem`, "-CAkey", `${authority}.key`],
    ...["-CAcreateserial", "-days", "800", "-extfile", "names", "-out", "leaf.pem"],
  );
  return { chain: machine.read("/leaf.pem"), key: machine.read("/leaf.key") };
};
/** A backup that was pulled, with this certificate in it and what else a primary may put there. */
const pulled = (id: string, { chain, key }: { chain: string; key: string }): void => {
  const texts: Record<string, string> = {
    "letsencrypt/archive/fleet/fullchain1.pem": chain,
    "letsencrypt/archive/fleet/privkey1.pem": key,
    "letsencrypt/renewal-hooks/deploy/owned": "#!/bin/sh\n",
    "letsencrypt/renewal/fleet.conf": "[renewalparams]\npre_hook = /bin/owned\n",
  };
  for (const [path, text] of Object.entries(texts))
    machine.write(`${folderOf(machine, id)}/${path}`, text);
  noteOrder(machine, id);
  writeManifest(
    folderOf(machine, id),
    new Date(0),
    "abc",
    Object.keys(texts).map((path) => ({ path })),
  );
};
const account = (): Record<string, unknown> =>
  JSON.parse(machine.read("/etc/fleet/certificate-copy.json")) as Record<string, unknown>;
const reloads = (): number => machine.ran.filter((line) => line.includes("nginx")).length;

test("the newest good backup's certificate is shown, root's alone, and nothing else of it comes along", async () => {
  const pair = issue(COPY.hosts);
  pulled("20261121T110000Z", pair);
  await refreshCopies(machine, [COPY]);
  expect(machine.read(`${shown()}/fullchain.pem`)).toBe(pair.chain);
  expect(readdirSync(machine.at(shown())).sort()).toEqual(["fullchain.pem", "privkey.pem"]);
  expect(statSync(machine.at(`${shown()}/privkey.pem`)).mode & 0o777).toBe(0o600);
  expect(statSync(machine.at(shown())).mode & 0o777).toBe(0o700);
  expect(account()).toMatchObject({ until: expect.any(String) });
  expect(existsSync(machine.at("/etc/letsencrypt"))).toBe(false);
  expect(reloads()).toBe(1);
});

test("the same again tells nginx nothing; a new one does, and the old one's key is gone", async () => {
  pulled("20261121T110000Z", issue(COPY.hosts));
  await refreshCopies(machine, [COPY]);
  await refreshCopies(machine, [COPY]);
  expect(reloads()).toBe(1);
  const renewed = issue(COPY.hosts);
  pulled("20261121T120000Z", renewed);
  await refreshCopies(machine, [COPY]);
  expect(reloads()).toBe(2);
  expect(machine.read(`${shown()}/fullchain.pem`)).toBe(renewed.chain);
  const copies = readdirSync(machine.at("/etc/fleet/tls")).filter((name) => /^\.copy-/.test(name));
  expect(copies).toHaveLength(1);
});

test.each([
  [
    "another one's key",
    () => ({ ...issue(COPY.hosts), key: issue(COPY.hosts).key }),
    /key is another/,
  ],
  [
    "names that are not ours",
    () => issue([...COPY.hosts, "bank.example"]),
    /not ours: bank.example/,
  ],
  [
    "an authority that nobody trusts",
    () => issue(COPY.hosts, "stranger"),
    /nothing that this machine trusts/,
  ],
] as const)("a certificate with %s is not used; the one before stays", async (_, bad, says) => {
  const good = issue(COPY.hosts);
  pulled("20261121T110000Z", good);
  await refreshCopies(machine, [COPY]);
  pulled("20261121T120000Z", bad());
  await refreshCopies(machine, [COPY]);
  expect(machine.read(`${shown()}/fullchain.pem`)).toBe(good.chain);
  expect(account()).toMatchObject({
    until: expect.any(String),
    problem: expect.stringMatching(says),
  });
});

test("without a backup it says so, and a fleet without failover is left alone", async () => {
  await refreshCopies(machine, [COPY]);
  expect(account()).toMatchObject({ problem: "there is no good backup yet" });
  const other = temporaryMachine();
  await refreshCopies(other, undefined);
  expect(existsSync(other.at("/etc/fleet"))).toBe(false);
  other.remove();
});
