import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { afterAll, expect, test } from "@jest/globals";

import { project } from "./kit";

/**
 * As components/last-backup.ts does it: something that depends on the machine, whose deletion saves
 * what is on it.
 */
const stack = project(
  "lastword",
  `
import * as pulumi from "@pulumi/pulumi";
import { local } from "@pulumi/command";
const log = process.cwd() + "/log";
const told = (what) => "echo " + what + " >>" + log;
const machine = new local.Command("machine", { create: told("made"), delete: told("gone"), triggers: [process.env.V ?? "1"] }, { deleteBeforeReplace: true });
const release = new local.Command("release", { create: told("released"), delete: told("withdrawn"), triggers: [machine.id] });
class LastWord extends pulumi.ComponentResource {
  constructor() {
    super("test:index:LastWord", "last", {});
    new local.Command("last", { delete: "test ! -e " + log + ".broken && " + told("saved"), triggers: [machine.id] }, { parent: this, dependsOn: [release], deletedWith: this });
  }
}
new LastWord();
`,
);
afterAll(stack.remove);
const LOG = join(stack.folder, "log");
const UP = ["up", "--skip-preview", "--json"];
const happened = (): readonly string[] => {
  const lines = existsSync(LOG) ? readFileSync(LOG, "utf8").trim().split("\n") : [];
  rmSync(LOG, { force: true });
  return lines;
};

test("where its last word fails, nothing of the machine goes; where it is had, it comes first", async () => {
  expect((await stack.run(UP)).code).toBe(0);
  expect(happened()).toEqual(["made", "released"]);
  writeFileSync(`${LOG}.broken`, "");
  const before = stack.state().resources.map(({ id }) => id);
  const refused = await stack.run(UP, { V: "2" });
  expect(refused.code).toBe(1);
  expect(refused.errors.join("\n")).toContain("exit status 1");
  expect(happened()).toEqual([]);
  expect(stack.state().resources.map(({ id }) => id)).toEqual(before);
  rmSync(`${LOG}.broken`);
  expect((await stack.run(UP, { V: "2" })).code).toBe(0);
  expect(happened()).toEqual(["saved", "withdrawn", "gone", "made", "released"]);
});

test("with all the rest it goes without a word", async () => {
  writeFileSync(`${LOG}.broken`, "");
  expect(await stack.run(["destroy", "--skip-preview", "--json"], { V: "2" })).toMatchObject({
    code: 0,
    errors: [],
  });
  expect(happened()).toEqual(["withdrawn", "gone"]);
});
