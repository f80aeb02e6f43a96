/** What a compromised primary could show: sent along from the watcher, revoked on the new one. */
import { execFileSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, symlinkSync } from "node:fs";

import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { PATHS } from "@second-server/contract/paths";

import { revokeHad } from "../../../agent/apply/revoke";
import { writeManifest } from "../../../agent/backup/manifest";
import { compose, planRestore } from "../../../agent/backup/plan-restore";
import { noteOrder } from "../../../agent/backup/store";
import { openShelf } from "../../../agent/repository/shelf";
import { type TemporaryMachine, temporaryMachine } from "./temporary-machine";

const SERVER = "acme-v02.api.letsencrypt.org";
const ID = "0123456789abcdef0123456789abcdef";
const [OLD, NEW] = ["20261121T090000Z", "20261121T100000Z"] as const;
const HAD = `${PATHS.restore}.done/had-certificates`;

let [watcher, primary]: TemporaryMachine[] = [];
beforeEach(() => {
  [watcher, primary] = [temporaryMachine(), temporaryMachine()];
});
afterEach(() => {
  watcher!.remove();
  primary!.remove();
});

const certificate = (folder: string, number: number, days = 900): void => {
  mkdirSync(folder, { recursive: true });
  execFileSync(
    "openssl",
    [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"],
      ...["-days", String(days), "-subj", "/CN=x", "-addext", "subjectAltName=DNS:a.example.test"],
      ...["-keyout", `${folder}/privkey${number}.pem`, "-out", `${folder}/fullchain${number}.pem`],
    ],
    { stdio: "ignore" },
  );
};
/** A backup on the watcher with this text, and its certificates as they are by then. */
const keep = (id: string, text: string): void => {
  const machine = watcher!;
  const folder = machine.at(`${PATHS.backups}/${id}`);
  machine.write(`${PATHS.backups}/${id}/data/wiki/page`, text);
  if (existsSync(machine.at("/live")))
    cpSync(machine.at("/live"), `${folder}/letsencrypt`, { recursive: true });
  noteOrder(machine, id);
  writeManifest(folder, new Date(0), "abc", [{ path: "data/wiki/page" }, { path: "letsencrypt" }]);
};
const account = (): void => {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const folder = `/live/accounts/${SERVER}/directory/${ID}`;
  watcher!.write(
    `${folder}/private_key.json`,
    JSON.stringify(privateKey.export({ format: "jwk" })),
  );
  watcher!.write(`${folder}/regr.json`, JSON.stringify({ uri: `https://${SERVER}/acme/acct/1` }));
};
const takenOver = (): void => {
  certificate(watcher!.at("/live/archive/fleet"), 1);
  account();
  watcher!.write("/live/renewal-hooks/deploy/owned", "#!/bin/sh\n");
  keep(OLD, "of before");
  certificate(watcher!.at("/live/archive/fleet"), 2);
  keep(NEW, "of the other one");
};
/** As what was received lies on the new primary once its data is in place. */
const deliver = async (agreed = {}): Promise<string> => {
  const folder = await compose(
    watcher!,
    await planRestore(watcher!, { compromised: true, ...agreed }, openShelf(watcher!)),
  );
  cpSync(folder, primary!.at(`${PATHS.restore}.done`), { recursive: true });
  return folder;
};
const ran = (word: string): readonly string[] =>
  primary!.ran.filter((line) => line.startsWith(`certbot ${word}`));

test("data alone goes back, of before the time that was said; each certificate of every backup goes along", async () => {
  takenOver();
  await deliver({ before: "2026-11-21T09:30:00Z" });
  expect(primary!.read(`${PATHS.restore}.done/data/wiki/page`)).toBe("of before");
  expect(readdirSync(primary!.at(`${PATHS.restore}.done`)).sort()).toEqual([
    "data",
    "had-certificates",
    "manifest.json",
  ]);
  expect(readdirSync(primary!.at(HAD)).sort()).toEqual([OLD, NEW]);
  expect(readdirSync(primary!.at(`${HAD}/${NEW}`)).sort()).toEqual(["accounts", "archive"]);
});

test("where all is later than the time that was said, nothing goes back as if it were a fresh start", async () => {
  takenOver();
  const plan = await planRestore(
    watcher!,
    { compromised: true, before: "2026-11-20T00:00:00Z" },
    openShelf(watcher!),
  );
  expect(plan.items).toEqual([]);
  expect(plan.refused).toContain("2 that were taken after 2026-11-20T00:00:00Z");
});

test("each is revoked once, by its own key; the account is closed once; nothing of it stays", async () => {
  takenOver();
  await deliver();
  await revokeHad(primary!);
  expect(ran("revoke")).toHaveLength(2);
  expect(ran("revoke")[0]).toMatch(/--reason keycompromise --cert-path \S+ --key-path \S+$/);
  expect(ran("unregister")).toEqual([expect.stringContaining(`--account ${ID} `)]);
  expect(existsSync(primary!.at(HAD))).toBe(false);
  expect(existsSync(primary!.at(`${PATHS.agentState}/revoke`))).toBe(false);
  await revokeHad(primary!);
  expect(ran("revoke")).toHaveLength(2);
});

test("one that can't be revoked now is told, and tried again; one that was is done", async () => {
  takenOver();
  await deliver();
  // As certbot 4.0 prints it.
  const certbot = (words: string): void => {
    const stderr = `An unexpected error occurred:\n${words}\nAsk for help or search for solutions at https://community.letsencrypt.org.\n`;
    primary!.answers.set("certbot revoke", { code: 1, stderr });
  };
  certbot("the server is down");
  await revokeHad(primary!);
  expect(primary!.said.join("\n")).toContain("could not be revoked: the server is down");
  expect(existsSync(primary!.at(HAD))).toBe(true);
  certbot("Certificate has already been revoked.");
  await revokeHad(primary!);
  expect(existsSync(primary!.at(HAD))).toBe(false);
});

test("a key of another one's, noise, a link and a pipe are passed over", async () => {
  const archive = watcher!.at("/live/archive/fleet");
  certificate(archive, 1);
  certificate(archive, 2);
  cpSync(`${archive}/privkey1.pem`, `${archive}/privkey2.pem`);
  watcher!.write("/live/archive/fleet/fullchain3.pem", "#!/bin/sh\n");
  watcher!.write("/live/archive/fleet/privkey3.pem", "noise");
  symlinkSync("/etc/shadow", `${archive}/fullchain4.pem`);
  cpSync(`${archive}/privkey1.pem`, `${archive}/privkey4.pem`);
  keep(OLD, "of before");
  await deliver();
  await revokeHad(primary!);
  expect(ran("revoke")).toHaveLength(1);
  expect(ran("unregister")).toEqual([]);
});
