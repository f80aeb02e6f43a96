import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";

import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { Release } from "@second-server/contract/release";

import { apply } from "../../../agent/apply/apply";
import { deploy, releasesText, rollbackService } from "../../../agent/parts/deploy";
import { partOf } from "../../../agent/parts/part";
import { push } from "../../../agent/parts/push";
import { readApplied } from "../../../agent/record";
import { file, release, sha256 } from "./sample";
import { type TemporaryMachine, temporaryMachine } from "./temporary-machine";

const COMMIT = "1234567890abcdef1234567890abcdef12345678";
const SOURCE = { service: "blog", commit: COMMIT, branch: "main" };

let machine: TemporaryMachine;
beforeEach(() => {
  machine = temporaryMachine();
  machine.pages.set("https://blog.x.test/", { status: 200, body: "ok" });
});
afterEach(() => machine.remove());

const whole = (tree: string, vhost: string, branch: string | undefined = "main"): Release =>
  release({
    fleet: "one@x.test",
    files: [file("/etc/nginx/sites/blog.conf", vhost)],
    trees: [{ name: "blog", hash: tree }],
    units: [],
    publicProbes: [{ service: "blog", url: "https://blog.x.test/", timeoutSeconds: 1 }],
    ...(branch === undefined ? {} : { branches: { blog: branch } }),
  });
const up = (tree: string, vhost = "vhost", branch?: string): Promise<void> =>
  apply(
    machine,
    machine.deliver(whole(tree, vhost, branch), [vhost], { blog: { "index.html": tree } }),
  );
/** What the builder makes of a tree. */
const bundle = (tree: string, vhost: string): Buffer => {
  const folder = mkdtempSync(join(machine.root, "part-"));
  const put = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  put("release.json", JSON.stringify(partOf(whole(tree, vhost), "blog")));
  put(`files/${sha256(vhost)}`, vhost);
  put("trees/blog/index.html", tree);
  return execFileSync("tar", ["-cz", "-C", folder, ...readdirSync(folder)]);
};
const bring = (tree: string, vhost = "vhost", source?: typeof SOURCE): Promise<void> => {
  const archive = bundle(tree, vhost);
  const sha = execFileSync("sha256sum", { input: archive, encoding: "utf8" }).slice(0, 64);
  return deploy(machine, sha, Readable.from([archive]), source);
};
const serves = (): string => machine.read("/opt/fleet/trees/blog/current/index.html");
const vhost = (): string => machine.read("/etc/nginx/sites/blog.conf");
const noted = (): boolean => existsSync(machine.at("/opt/fleet/pushed/blog"));

test("what was pushed stays through a later up, which says so; a deploy of the service is what replaces it", async () => {
  await up("t1");
  await bring("t2", "pushed vhost", SOURCE);
  expect(machine.read("/opt/fleet/pushed/blog")).toBe(`${COMMIT}\n`);
  expect(releasesText(machine, ["blog"]).split("\n")[0]).toMatch(
    /in force {2}pushed from git 1234567890ab \(main\)$/,
  );
  machine.said.length = 0;
  await up("t3");
  expect([serves(), vhost()]).toEqual(["t2", "pushed vhost"]);
  expect(machine.said).toContain(
    "service blog: pushed from git 1234567890ab (main), not in this tree: left as it is. To bring this tree's: ./fleet deploy blog",
  );
  await bring("t3");
  expect(machine.said).toContain(
    "service blog: in place of what was pushed from git 1234567890ab (main)",
  );
  expect([serves(), vhost(), noted()]).toEqual(["t3", "vhost", false]);
  machine.said.length = 0;
  await up("t4");
  expect([serves(), machine.said.filter((line) => line.includes("pushed"))]).toEqual(["t4", []]);
});

test("an up that brings another unit or vhost brings that, and the pushed source stays", async () => {
  await up("t1");
  await bring("t2", "pushed vhost", SOURCE);
  await up("t1", "vhost of a later version");
  expect([serves(), vhost()]).toEqual(["t2", "vhost of a later version"]);
  expect(machine.said.join("\n")).toContain("its source is left as it is; its unit, vhost");
  // What it was compared with is what this up has brought.
  await up("t3", "vhost of a later version");
  expect([serves(), vhost()]).toEqual(["t2", "vhost of a later version"]);
});

test("a tree that has what was pushed, and a manifest that takes no push any more, bring their own", async () => {
  await up("t1");
  await bring("t2", "vhost", SOURCE);
  await up("t2");
  expect([noted(), readApplied(machine)?.release.pushed]).toEqual([false, undefined]);
  await bring("t3", "vhost", SOURCE);
  await apply(
    machine,
    machine.deliver({ ...whole("t4", "vhost"), branches: {} }, ["vhost"], {
      blog: { "index.html": "t4" },
    }),
  );
  expect([serves(), noted()]).toEqual(["t4", false]);
  expect(machine.said.join("\n")).toContain("replaced, as fleet.yaml here takes no push of it");
});

test("a rollback to what was pushed is to that commit, and one from it is not", async () => {
  await up("t1");
  await bring("t2", "vhost", SOURCE);
  await rollbackService(machine, "blog");
  expect([serves(), noted()]).toEqual(["t1", false]);
  await rollbackService(machine, "blog");
  expect([serves(), machine.read("/opt/fleet/pushed/blog")]).toEqual(["t2", `${COMMIT}\n`]);
});

test("a release that was put together here is asked for again as any other: to put right what was changed by hand", async () => {
  await up("t1");
  machine.write("/opt/fleet/agent/current/agent.js", "// the agent");
  await bring("t2", "vhost", SOURCE);
  const sha = readApplied(machine)?.sha ?? "";
  expect(machine.read(`/opt/fleet/agent/${sha}/agent.js`)).toBe("// the agent");
  machine.write("/etc/nginx/sites/blog.conf", "changed by hand");
  await apply(machine, sha);
  expect([vhost(), serves(), noted()]).toEqual(["vhost", "t2", true]);
});

test("a push for a service that takes none is refused before anything is read", async () => {
  await up("t1");
  machine.ran.length = 0;
  for (const words of [
    ["wiki", COMMIT, "me"],
    ["blog", "--upload-pack=x", "me"],
    ["blog", "", "me"],
  ])
    await expect(push(machine, words)).rejects.toThrow("takes no push");
  expect(machine.ran).toEqual([]);
});

test("what the builder refuses is the answer, and nothing is touched", async () => {
  await up("t1");
  machine.ran.length = 0;
  machine.answers.set("systemd-run", { code: 1, stderr: "this branch has no fleet.yaml\n" });
  await expect(push(machine, ["blog", COMMIT, "me@laptop from 10.0.0.1"])).rejects.toThrow(
    "this branch has no fleet.yaml",
  );
  const [line = ""] = machine.ran;
  // Nobody's user, no network, a bound to memory: and the tree on standard input, not on the command line.
  for (const property of [
    "DynamicUser=yes",
    "PrivateNetwork=yes",
    "MemoryMax=",
    "CapabilityBoundingSet= ",
  ])
    expect(line).toContain(`--property=${property}`);
  expect([serves(), noted(), machine.ran]).toEqual(["t1", false, [line]]);
});
