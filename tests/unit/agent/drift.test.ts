import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "@jest/globals";

import { apply } from "../../../agent/apply/apply";
import { driftOf, forgetChangedTrees } from "../../../agent/drift";
import { serviceTrees } from "../../../render/sources";
import { factsIn, project, removeProjects } from "../../fixtures/manifest";
import { file, release } from "./sample";
import { type TemporaryMachine, temporaryMachine } from "./temporary-machine";

const SITE = "/etc/nginx/sites/blog.conf";
let machine: TemporaryMachine;
let sha = "";
beforeEach(async () => {
  machine = temporaryMachine();
  const folder = project();
  const pages = serviceTrees(factsIn(folder).services, folder).find(({ name }) => name === "pages");
  const contents = Object.fromEntries(
    pages?.entries.map(({ path, data }) => [path, data.toString()]) ?? [],
  );
  sha = machine.deliver(
    release({
      files: [file(SITE, "server {}"), file("/etc/fleet/services.json", "[]")],
      trees: [{ name: "pages", hash: pages?.hash ?? "" }],
    }),
    ["server {}", "[]"],
    { pages: contents },
  );
  await apply(machine, sha);
});
afterEach(() => {
  machine.remove();
  removeProjects();
});
const page = (): string => join(machine.at("/opt/fleet/trees/pages/current"), "index.html");

test("a machine as its release brought it has no drift", async () => {
  expect(await driftOf(machine)).toEqual({ sha, changed: [], strange: [] });
});

test("files changed, deleted or opened up by hand, files of a service's folder, units that were disabled and strange vhosts are each told", async () => {
  machine.write(SITE, "server { listen 81; }");
  rmSync(machine.at("/etc/fleet/services.json"));
  writeFileSync(page(), "by hand");
  machine.write("/etc/nginx/sites/mine.conf", "server {}");
  machine.write("/etc/systemd/system/fleet-chat.service.d/override.conf", "[Service]");
  machine.answers.set("systemctl is-enabled", { stdout: "disabled\nenabled\nmasked\nenabled\n" });
  expect(await driftOf(machine)).toEqual({
    sha,
    changed: [
      `${SITE}: changed`,
      "/etc/fleet/services.json: deleted",
      "/opt/fleet/trees/pages/current: files in it were changed",
      "fleet-chat.service: disabled",
      "nginx.service: masked",
    ],
    strange: [
      "/etc/nginx/sites/mine.conf",
      "/etc/systemd/system/fleet-chat.service.d/override.conf",
    ],
  });
});

test("the same release again puts all of that right, but for what no release has brought", async () => {
  machine.write(SITE, "server { listen 81; }");
  rmSync(machine.at("/etc/fleet/services.json"));
  writeFileSync(page(), "by hand");
  machine.write("/etc/nginx/sites/mine.conf", "server {}");
  forgetChangedTrees(machine);
  await apply(machine, sha);
  expect(await driftOf(machine)).toEqual({
    sha,
    changed: [],
    strange: ["/etc/nginx/sites/mine.conf"],
  });
});
