import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { afterEach, beforeEach, expect, test } from "@jest/globals";

import { contextOf } from "../../../cli/context";
import { forgetStack, isForeignCloud, isThere } from "../../../cli/engine/forget";

let state = "";
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), "fleet-forget-"));
});
afterEach(() => rmSync(state, { recursive: true, force: true }));

const make = (...paths: readonly string[]): void =>
  paths.forEach((path) => {
    mkdirSync(dirname(join(state, path)), { recursive: true });
    writeFileSync(join(state, path), "");
  });
const made = (stack: string): readonly string[] => [
  `.pulumi/stacks/second-server/${stack}.json`,
  `.pulumi/stacks/second-server/${stack}.json.bak`,
  `.pulumi/stacks/second-server/${stack}.json.bak.attrs`,
  `.pulumi/stacks/second-server/${stack}.json.attrs`,
  `.pulumi/stacks/second-server/${stack}.json.0a1b2c3d.tmp`,
  `.pulumi/history/second-server/${stack}/one.json`,
  `.pulumi/backups/second-server/${stack}/one.json`,
  `.pulumi/locks/organization/second-server/${stack}/one.json`,
  `ssh/${stack}/config`,
];

test("a state folder that held the local stack alone goes as a whole", () => {
  make(...made("local"), ".pulumi/meta.yaml", ".pulumi/meta.yaml.attrs");
  make("fleet.lock.12", "fleet.lock.12.dead");
  expect(isThere(contextOf({ state }))).toBe(true);
  expect(forgetStack(contextOf({ state }))).toEqual([]);
  expect(existsSync(state)).toBe(false);
});

test("another stack's state, whose keys are nowhere else, stays whole; so does what is none of ours", () => {
  const others = [
    ...made("prod"),
    ...made("local.two"),
    ".pulumi/meta.yaml",
    ".pulumi/credentials.json",
    "letter.txt",
  ];
  make(...made("local"), ...others);
  expect([...forgetStack(contextOf({ state }))].sort()).toEqual([".pulumi", "letter.txt", "ssh"]);
  expect(others.filter((path) => !existsSync(join(state, path)))).toEqual([]);
  expect(made("local").filter((path) => existsSync(join(state, path)))).toEqual([]);
});

test("a folder that is no state folder is told from one, and nothing in it is touched", () => {
  make("cloud/holiday.jpg");
  expect(isForeignCloud(contextOf({ state }))).toBe(true);
  forgetStack(contextOf({ state }));
  expect(readdirSync(join(state, "cloud"))).toEqual(["holiday.jpg"]);
  make("cloud/records.json");
  expect(isForeignCloud(contextOf({ state }))).toBe(false);
});
