import { execFileSync } from "node:child_process";
import { mkdirSync, readlinkSync } from "node:fs";

import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { PATHS } from "@second-server/contract/paths";
import type { Release } from "@second-server/contract/release";

import { apply } from "../../../agent/apply/apply";
import { hostsOf } from "../../../agent/apply/certificates";
import { release } from "./sample";
import { type TemporaryMachine, temporaryMachine } from "./temporary-machine";

const LIVE = "/etc/letsencrypt/live/fleet";
let machine: TemporaryMachine;
beforeEach(() => {
  const made = temporaryMachine();
  // certbot, as far as it shows: --domain … become the certificate's names.
  machine = {
    ...made,
    run: async (argv, options) => {
      const answer = await made.run(argv, options);
      if (argv[0] === "certbot" && answer.code === 0)
        issue(argv.filter((_, index) => argv[index - 1] === "--domain"));
      return answer;
    },
  };
});
afterEach(() => {
  machine.remove();
});

const issue = (names: readonly string[]): void => {
  mkdirSync(machine.at(LIVE), { recursive: true });
  execFileSync(
    "openssl",
    [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"],
      ...["-subj", "/CN=x", "-days", "900", "-addext"],
      `subjectAltName=${names.map((name) => `DNS:${name}`).join(",")}`,
      ...["-keyout", machine.at(`${LIVE}/privkey.pem`)],
      ...["-out", machine.at(`${LIVE}/fullchain.pem`)],
    ],
    { stdio: "ignore" },
  );
};

const fleetOf = (names: readonly string[], hash = "aaaa"): Release =>
  release({
    trees: [{ name: "chat", hash }],
    certificates: [
      {
        name: "fleet",
        hosts: names.map((name) => `${name}.example.test`),
        email: "o@example.test",
      },
    ],
    publicProbes: names.map((name) => ({
      service: name,
      url: `https://${name}.example.test/health`,
      status: 200,
      timeoutSeconds: 20,
    })),
  });
const bring = async (names: readonly string[], hash?: string): Promise<void> =>
  await apply(
    machine,
    machine.deliver(fleetOf(names, hash), [], { chat: { "main.js": `// ${hash}` } }),
  );
const works = (...names: readonly string[]): void => {
  for (const name of names)
    machine.pages.set(`https://${name}.example.test/health`, { status: 200, body: "ok" });
};
/** The names of what nginx is told to show. */
const shown = (): readonly string[] =>
  hostsOf(machine.read(`${readlinkSync(machine.at(`${PATHS.tls}/fleet`))}/fullchain.pem`)).map(
    (host) => host.split(".")[0]!,
  );
const asked = (): number => machine.ran.filter((line) => line.startsWith("certbot")).length;

test("a name that goes leaves the certificate, so that the others can be renewed", async () => {
  works("a", "b", "c");
  await bring(["a", "b", "c"]);
  await bring(["a", "c"]);
  expect([shown(), readlinkSync(machine.at(`${PATHS.tls}/fleet`))]).toEqual([["a", "c"], LIVE]);
  await bring(["a", "c"]);
  expect(asked()).toBe(2);
});

test("that it can't be had without the name fails no release, is told, and is tried again by the next", async () => {
  works("a", "b");
  await bring(["a", "b"]);
  machine.answers.set("certbot", { code: 1, stderr: "too many certificates" });
  await bring(["a"]);
  expect(machine.said.join("\n")).toMatch(/names that are gone[^]*too many certificates/);
  expect([shown(), readlinkSync(machine.at(`${PATHS.tls}/fleet`))]).toEqual([["a", "b"], LIVE]);
  machine.answers.clear();
  await bring(["a"]);
  expect(shown()).toEqual(["a"]);
});

test("a rename that is rolled back shows the old name's certificate again, and says what was asked over HTTPS", async () => {
  works("a", "b");
  await bring(["a", "b"]);
  const failure = await bring(["a", "new"], "bbbb").catch((error: Error) => error.message);
  expect(failure).toMatch(
    /new: https:\/\/new\.example\.test\/health answered connect ECONNREFUSED/,
  );
  expect(failure).toMatch(/Rolled back to [0-9a-f]{12}; all 2 names answer over HTTPS\./);
  expect(shown()).toEqual(["a", "b"]);
  expect(machine.ran.filter((line) => line.includes("reload-or-restart")).at(-1)).toContain(
    "nginx",
  );
});

test("the release that was mended gets its certificate of then, and after it the fleet is on Let's Encrypt's own files again", async () => {
  works("a", "b");
  await bring(["a", "b"]);
  await expect(bring(["a", "new"], "bbbb")).rejects.toThrow("not in force");
  works("new");
  await bring(["a", "new"], "cccc");
  expect([shown(), asked()]).toEqual([["a", "new"], 2]);
  expect(readlinkSync(machine.at(`${PATHS.tls}/fleet`))).toBe(LIVE);
});

test("a rollback whose names do not answer over HTTPS does not say that it answers", async () => {
  works("a", "b");
  await bring(["a", "b"]);
  machine.pages.delete("https://b.example.test/health");
  const failure = await bring(["a", "new"], "bbbb").catch((error: Error) => error.message);
  expect(failure).toMatch(/Rolled back to [0-9a-f]{12}, and not all of it answers: b: https:/);
});

test("a name that answers on loopback and not through the web server is a release that fails", async () => {
  works("a");
  await expect(bring(["a", "b"])).rejects.toThrow("b: https://b.example.test/health answered");
});
