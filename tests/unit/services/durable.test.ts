import fs, { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, jest, test } from "@jest/globals";

import { writeAtomically } from "../../../monitor/store/state-file";
import { Comments } from "../../../services/comments/store";

let folder: string;
/** What was forced onto the disk, in order; the real call is made all the same. */
let synced: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "durable-"));
  synced = [];
  const real = fs.fsyncSync;
  jest.spyOn(fs, "fsyncSync").mockImplementation((handle) => {
    synced.push(fs.fstatSync(handle).isDirectory() ? "folder" : "file");
    real(handle);
  });
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

test("a comment is acknowledged once both its file and its name are on the disk", () => {
  new Comments(folder).add("/", "a", "text", new Date());
  expect(synced).toEqual(["file", "folder"]);
});

test("so is what the monitor remembers", () => {
  writeAtomically(join(folder, "state.json"), "{}");
  expect(synced).toEqual(["file", "folder"]);
});
