import { mkdirSync, mkdtempSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "@jest/globals";

import { faultsOf, sizeOf, writeManifest } from "../../../agent/backup/manifest";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "agent-backup-"));
  mkdirSync(join(folder, "data/chat"), { recursive: true });
  writeFileSync(join(folder, "data/chat/log.json"), "[1]");
  writeFileSync(join(folder, "data/large"), Buffer.alloc(3 << 20, 7));
  symlinkSync("data/chat/log.json", join(folder, "latest"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

test("a backup that nobody touched is whole", () => {
  expect(sizeOf(writeManifest(folder, new Date(), "abc"))).toBe(3 + (3 << 20));
  expect(faultsOf(folder)).toEqual([]);
});

test("a flipped byte, a missing file, a bent link and a stranger are all named", () => {
  writeManifest(folder, new Date(), "abc");
  writeFileSync(join(folder, "data/chat/log.json"), "[2]");
  unlinkSync(join(folder, "data/large"));
  unlinkSync(join(folder, "latest"));
  symlinkSync("/etc/shadow", join(folder, "latest"));
  writeFileSync(join(folder, "stranger"), "");
  expect([...faultsOf(folder)].sort()).toEqual([
    "data/chat/log.json is damaged",
    "data/large is missing",
    "latest is damaged",
    "stranger is not in the manifest",
  ]);
});

test("a folder without a manifest is no backup", () => {
  expect(faultsOf(folder)).toEqual(["manifest.json is missing"]);
});
