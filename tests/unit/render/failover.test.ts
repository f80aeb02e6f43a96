import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { afterAll, describe, expect, test } from "@jest/globals";
import type { Role } from "@second-server/contract/roles";

import { planOf } from "../../../agent/apply/plan";
import { secretsOf } from "../../../render/alerts";
import { checksOf } from "../../../render/checks";
import { desiredState } from "../../../render/desired-state";
import { renderMachine } from "../../../render/machine";
import { observatoryConfig } from "../../../render/monitor";
import { buildRelease } from "../../../render/release";
import {
  MANIFEST,
  SETTINGS,
  SOURCES,
  factsIn,
  problemsOf,
  project,
  removeProjects,
} from "../../fixtures/manifest";

const FOLDER = project({ ...SOURCES, "fleet.yaml": `${MANIFEST}failover: {}\n` });
const TOKEN = ["failover-token"];
const off = factsIn(project());
const on = factsIn(FOLDER, SETTINGS, TOKEN);
afterAll(removeProjects);

const textOf = (path: string): string =>
  renderMachine(on, "watcher").find((file) => file.path === path)!.text;

describe("left out", () => {
  test("nothing of it is on either machine", () => {
    for (const role of ["primary", "watcher"] as const satisfies readonly Role[]) {
      const all = JSON.stringify([renderMachine(off, role), desiredState(off, role)]);
      // That it would be restarted for it.
      expect(all.replace('"/etc/fleet/failover.json"', "")).not.toMatch(/failover|stand-in/);
    }
    expect(secretsOf(off, "watcher")).not.toContain("failover-token");
    expect(observatoryConfig(off)).not.toHaveProperty("failover");
    expect(checksOf(off).some(({ kind }) => kind === "drift" || kind === "failover")).toBe(false);
  });
  test("the services are asked by their names", () =>
    expect(JSON.stringify(checksOf(off))).not.toContain('"via"'));
});

test.each([
  ["on", off, on],
  ["off", on, off],
])(
  "turned %s, the Observatory starts anew: it settles then whether it takes over",
  (_what, from, to) => {
    const [before, after] = [from, to].map(
      (facts) => buildRelease(facts, "watcher", FOLDER).release,
    );
    const { restart } = planOf(before, after!, {
      files: new Map(before!.files.map((file) => [file.path, file])),
      trees: new Map(before!.trees.map(({ name, hash }) => [name, hash])),
    });
    expect(restart).toContain("observatory.service");
  },
);

test("the primary is the same with and without it", () =>
  expect(buildRelease(on, "primary", FOLDER).sha256).toBe(
    buildRelease(off, "primary", FOLDER).sha256,
  ));

test("the watcher's copies are the primary's trees, and each has the list that it is checked against", () => {
  const trees = (role: Role) => buildRelease(on, role, FOLDER).release.trees;
  const copies = trees("watcher").filter(({ name }) => name === "pages");
  expect(copies).toEqual(trees("primary").filter(({ name }) => name === "pages"));
  expect(copies).toHaveLength(1);
  const { release } = buildRelease(on, "watcher", FOLDER);
  expect(release.files.map(({ path }) => path)).toContain("/etc/fleet/copies/pages.json");
  const sum = createHash("sha256")
    .update(readFileSync(join(FOLDER, "src/pages/index.html")))
    .digest("hex");
  expect(JSON.stringify(checksOf(on))).toContain("/etc/fleet/copies/pages.json");
  expect(sum).toHaveLength(64);
});

test("what has no copy has a page, and what is sent is refused, on every name", () => {
  for (const { name, kind } of on.services) {
    const vhost = textOf(`/etc/nginx/sites/${name}.conf`);
    expect(vhost).toContain("if ($request_method !~ ^(GET|HEAD)$) { return 503; }");
    expect(vhost.includes("location / { return 503; }")).toBe(kind !== "static");
    expect(vhost).toContain("/etc/fleet/tls/failover/privkey.pem");
  }
});

test("the token is handed to the one unit that moves names, and to no other", () => {
  const holders = renderMachine(on, "watcher").filter(({ text }) =>
    text.includes("failover-token"),
  );
  expect(holders.map(({ path }) => path)).toEqual(["/etc/systemd/system/failover.service"]);
  expect(secretsOf(on, "watcher")).toContain("failover-token");
  expect(secretsOf(on, "primary")).not.toContain("failover-token");
});

test("the Observatory asks the services on the primary, wherever their names lead", () => {
  const services = checksOf(on).filter(({ service }) => service !== undefined);
  expect(services).toHaveLength(on.services.length);
  for (const check of services) expect(check).toMatchObject({ via: on.primary.host });
});

test("the certificate's copy may be for the primary's names and no others", () =>
  expect(desiredState(on, "watcher").certificateCopies).toEqual([
    {
      name: "failover",
      of: "fleet",
      hosts: [...on.services.map(({ host }) => host), on.primary.host],
    },
  ]));

test("it is refused without a token, and with one place outside or one place twice", () => {
  expect(problemsOf(`${MANIFEST}failover: {}\n`)).toEqual([
    expect.stringContaining("second-server:failover-token: is not set"),
  ]);
  const outside = (list: string): readonly string[] =>
    problemsOf(`${MANIFEST}failover: { outside: ${list} }\n`);
  expect(outside("[a.example:443]").join()).toContain("failover.outside");
  expect(outside("[a.example:443, a.example:443]").join()).toContain("names a place twice");
});
