import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";

import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { Release, ReleasePart } from "@second-server/contract/release";

import { apply } from "../../../agent/apply/apply";
import { readHistory } from "../../../agent/history";
import { setClosed } from "../../../agent/parts/close";
import { deploy, releasesText, rollbackService } from "../../../agent/parts/deploy";
import { propertiesOf } from "../../../agent/parts/exec";
import { partOf } from "../../../agent/parts/part";
import { file, release, sha256 } from "./sample";
import { type TemporaryMachine, temporaryMachine } from "./temporary-machine";

let machine: TemporaryMachine;
beforeEach(() => {
  machine = temporaryMachine();
  for (const url of [
    "http://127.0.0.1:3001/health",
    "https://chat.x.test/",
    "https://blog.x.test/",
  ])
    machine.pages.set(url, { status: 200, body: "ok" });
});
afterEach(() => {
  machine.remove();
});

const name = (service: string): NonNullable<Release["publicProbes"]>[number] => ({
  service,
  url: `https://${service}.x.test/`,
  timeoutSeconds: 1,
});
const whole = (chat: string, blog = "b1"): Release =>
  release({
    fleet: "one@x.test",
    files: ["chat", "blog"].map((service) => file(`/etc/nginx/sites/${service}.conf`, service)),
    trees: [
      { name: "chat", hash: chat },
      { name: "blog", hash: blog },
    ],
    units: [
      { name: "fleet-chat.service", restartOn: ["tree:chat"], onChange: "restart", enable: true },
    ],
    probes: [
      {
        service: "chat",
        unit: "fleet-chat.service",
        url: "http://127.0.0.1:3001/health",
        status: 200,
        timeoutSeconds: 1,
      },
    ],
    publicProbes: ["chat", "blog"].map(name),
  });
const up = (): Promise<void> =>
  apply(
    machine,
    machine.deliver(whole("c1"), ["chat", "blog"], {
      chat: { "main.js": "// c1" },
      blog: { "app-3f9ac01b.js": "1", "index.html": "b1" },
    }),
  );
/** A bundle as `./fleet deploy` makes it. */
const bundle = (part: ReleasePart, files: Readonly<Record<string, string>>): Buffer => {
  const folder = mkdtempSync(join(machine.root, "part-"));
  const put = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  put("release.json", JSON.stringify(part));
  put(`files/${sha256(part.service)}`, part.service);
  for (const [path, text] of Object.entries(files)) put(`trees/${part.service}/${path}`, text);
  return execFileSync("tar", ["-cz", "-C", folder, ...readdirSync(folder)]);
};
const bring = (archive: Buffer, sha = sha256(archive.toString("latin1"))): Promise<void> =>
  deploy(machine, sha, Readable.from([archive]));
const shaOf = (archive: Buffer): string =>
  execFileSync("sha256sum", { input: archive, encoding: "utf8" }).slice(0, 64);
const deployed = async (service: "chat" | "blog", hash: string, changes = {}): Promise<void> => {
  const next = service === "chat" ? whole(hash) : whole("c1", hash);
  const files: Readonly<Record<string, string>> =
    service === "chat"
      ? { "main.js": `// ${hash}` }
      : { "index.html": hash, [`app-${hash}00000001.js`]: hash };
  const archive = bundle({ ...partOf(next, service), ...changes }, files);
  await bring(archive, shaOf(archive));
};
const current = (path: string): string =>
  readFileSync(machine.at(`/opt/fleet/trees/${path}`), "utf8");
const restarts = (): number =>
  machine.ran.filter((line) => line.startsWith("systemctl restart")).length;

test("a deploy asks nothing about the other services: neither their files, units and packages nor the machine's accounts", async () => {
  await up();
  machine.ran.length = 0;
  await deployed("blog", "b2");
  expect(machine.ran.filter((line) => /chat|dpkg|usermod|pgrep|is-enabled/.test(line))).toEqual([]);
  // What somebody has changed of another service is for `up` to put right.
  writeFileSync(machine.at("/etc/nginx/sites/chat.conf"), "changed");
  await deployed("blog", "b3");
  expect([
    current("blog/current/index.html"),
    readFileSync(machine.at("/etc/nginx/sites/chat.conf"), "utf8"),
  ]).toEqual(["b3", "changed"]);
});

test("one service's release is brought without the others, goes back to the one before or to one by name, and is written down", async () => {
  await up();
  machine.ran.length = 0;
  await deployed("chat", "c2");
  expect([current("chat/current/main.js"), restarts()]).toEqual(["// c2", 1]);
  expect(machine.ran.join("\n")).not.toContain("blog.x.test");
  await deployed("chat", "c3");
  await rollbackService(machine, "chat");
  expect(current("chat/current/main.js")).toBe("// c2");
  const kept = releasesText(machine, ["chat"]).split("\n");
  expect(kept).toHaveLength(3);
  const first = kept[2]?.split(/\s+/)[1];
  await rollbackService(machine, "chat", first);
  expect(current("chat/current/main.js")).toBe("// c1");
  expect(
    readHistory(machine, "chat").map(({ what, service }) => `${service ?? "all"} ${what}`),
  ).toEqual(["all in force", "chat in force", "chat in force", "chat in force", "chat in force"]);
  await expect(rollbackService(machine, "chat", "ffff")).rejects.toThrow(
    "there is no release ffff",
  );
});

test("five releases of a service are kept, with all they need", async () => {
  await up();
  for (const hash of ["c2", "c3", "c4", "c5", "c6", "c7"]) await deployed("chat", hash);
  expect(releasesText(machine, ["chat"]).split("\n")).toHaveLength(5);
  expect(existsSync(machine.at("/opt/fleet/trees/chat/c1"))).toBe(false);
  const last = releasesText(machine, ["chat"]).split("\n")[4]?.split(/\s+/)[1];
  await rollbackService(machine, "chat", last);
  expect(current("chat/current/main.js")).toBe("// c3");
});

test("hashed names of a site's earlier releases stay reachable, and nothing else of them", async () => {
  await up();
  await deployed("blog", "b2");
  await deployed("blog", "b3");
  expect(current("blog/earlier/app-3f9ac01b.js")).toBe("1");
  expect(current("blog/earlier/app-b200000001.js")).toBe("b2");
  expect(existsSync(machine.at("/opt/fleet/trees/blog/earlier/index.html"))).toBe(false);
});

test.each([
  [
    "another fleet's",
    { fleet: "two@x.test" },
    /release of the fleet two@x\.test, and this machine is of one@x\.test/,
  ],
  ["another machine's", { role: "watcher" as const }, /for the watcher/],
  ["one of a later format", { format: 99 }, /format 99 is not known/],
  [
    "under another name",
    { publicProbes: [{ ...name("chat"), url: "https://talk.x.test/" }] },
    /\.\/fleet up/,
  ],
  [
    "with a worker that nobody was told of",
    {
      units: [
        ...whole("c1").units,
        {
          name: "fleet-chat@worker-mail.service",
          restartOn: [],
          onChange: "restart" as const,
          enable: true,
        },
      ],
    },
    /its workers, its jobs[^]*\.\/fleet up/,
  ],
  [
    "at another port, which others know",
    { probes: [{ ...whole("c1").probes[0], url: "http://127.0.0.1:3002/health" }] },
    /its port or its health check[^]*\.\/fleet up/,
  ],
])("a release that is %s is refused, and nothing is touched", async (_what, changes, words) => {
  await up();
  machine.ran.length = 0;
  await expect(deployed("chat", "c2", changes)).rejects.toThrow(words);
  expect([current("chat/current/main.js"), restarts()]).toEqual(["// c1", 0]);
});

test("a bundle that was cut off on the way is refused, and nothing of it stays", async () => {
  await up();
  const archive = bundle(partOf(whole("c2"), "chat"), { "main.js": "// c2" });
  await expect(bring(archive.subarray(0, -20), shaOf(archive))).rejects.toThrow("damaged");
  expect(current("chat/current/main.js")).toBe("// c1");
  expect(
    readdirSync(machine.at("/home/fleet")).filter((one) => one.includes(shaOf(archive))),
  ).toEqual([]);
});

test("a whole release of another fleet is refused; one name or domain may change", async () => {
  await up();
  const deliver = (fleet: string): string =>
    machine.deliver({ ...whole("c2"), fleet }, ["chat", "blog"], {
      chat: { "main.js": "// c2" },
      blog: { "index.html": "b1" },
    });
  await expect(apply(machine, deliver("two@y.test"))).rejects.toThrow("of the fleet two@y.test");
  expect(current("chat/current/main.js")).toBe("// c1");
  await apply(machine, deliver("one@y.test"));
  expect(current("chat/current/main.js")).toBe("// c2");
});

test("a service is closed to its visitors by a page, and opened again", async () => {
  await up();
  setClosed(machine, "blog", true);
  expect(machine.read("/etc/fleet/closed/blog.html")).toContain("blog is being worked on");
  setClosed(machine, "blog", false);
  expect(existsSync(machine.at("/etc/fleet/closed/blog.html"))).toBe(false);
  expect(() => setClosed(machine, "wiki", true)).toThrow("Known: chat, blog");
});

test("a command as a service has its unit's user, environment and limits, and none of what makes it a daemon", () => {
  const unit =
    '[Unit]\nAfter=x\n[Service]\nType=exec\nUser=svc-a\nEnvironment="PORT=1"\n# a word\nExecStart=/bin/a\nRestart=always\nMemoryMax=64M\n\n[Install]\nWantedBy=b\n';
  expect(propertiesOf(unit)).toEqual([
    "--property=User=svc-a",
    '--property=Environment="PORT=1"',
    "--property=MemoryMax=64M",
  ]);
});
