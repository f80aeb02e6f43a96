import fs, { mkdtempSync, rmSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, jest, test } from "@jest/globals";

import { switchLink, writeWhole } from "../../agent/files";
import { writeAtomically as writeForCloud } from "../../local/cloud/files";
import { writeAtomically as writeForEngine } from "../../local/engine/state/files";
import { writeAtomically as writeForMonitor } from "../../monitor/store/state-file";
import { Comments } from "../../services/comments/store";

let folder: string;
/** What was forced onto the disk, in order; the real call is made all the same. */
let synced: string[];
const kindOf = (seen: fs.Stats): string => (seen.isDirectory() ? "folder" : "file");

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "durable-"));
  synced = [];
  const real = fs.fsyncSync;
  jest.spyOn(fs, "fsyncSync").mockImplementation((handle) => {
    synced.push(kindOf(fs.fstatSync(handle)));
    real(handle);
  });
  const handle = await open(folder, "r");
  const handles = Object.getPrototypeOf(handle) as typeof handle;
  const { sync } = handles;
  await handle.close();
  jest.spyOn(handles, "sync").mockImplementation(async function (this: typeof handle) {
    synced.push(kindOf(await this.stat()));
    await sync.call(this);
  });
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

test.each<[string, (path: string) => unknown]>([
  ["a comment", () => new Comments(folder).add("/", "a", "text", new Date())],
  ["what the monitor remembers", (path) => writeForMonitor(path, "{}")],
  ["a file of the agent's", (path) => writeWhole(path, "{}", 0o600)],
  ["the engine's state", (path) => writeForEngine(path, "{}")],
  ["a record of the local cloud's", (path) => writeForCloud(path, "{}")],
])("%s is written once both the file and its name are on the disk", async (_what, write) => {
  await write(join(folder, "x"));
  expect(synced).toEqual(["file", "folder"]);
});

test("a link leads somewhere else once its name is on the disk", () => {
  switchLink(join(folder, "link"), "there");
  expect(synced).toEqual(["folder"]);
});
