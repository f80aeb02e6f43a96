import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";

import { afterEach, beforeEach, expect, test } from "@jest/globals";

import { staleCompressed } from "../../../config/compressed-files";
import { readSourceFolder } from "../../../config/source-folder";

let outside: string;
let folder: string;
const put = (path: string): void => {
  mkdirSync(join(folder, path, ".."), { recursive: true });
  writeFileSync(join(folder, path), "x");
};
const paths = (): string[] =>
  readSourceFolder(folder)
    .files.map(({ path }) => path)
    .sort();
const problems = (): Record<string, string> =>
  Object.fromEntries(readSourceFolder(folder).problems.map(({ path, text }) => [path, text]));
beforeEach(() => {
  outside = mkdtempSync(join(tmpdir(), "second-server-folder-test-"));
  folder = join(outside, "site");
  mkdirSync(folder);
});
afterEach(() => rmSync(outside, { recursive: true, force: true }));

test(".well-known comes along; other names that begin with a dot are left out, and told", () => {
  ["index.html", ".well-known/security.txt", "sub/.well-known/x", ".well-known/.hidden"].map(put);
  [".env", ".git/config", "sub/.DS_Store", "node_modules/a/b.js"].map(put);
  expect(paths()).toEqual([".well-known/security.txt", "index.html", "sub/.well-known/x"]);
  expect([...readSourceFolder(folder).leftOut].sort()).toEqual([
    ".env",
    ".git",
    ".well-known/.hidden",
    "sub/.DS_Store",
  ]);
  expect(readSourceFolder(folder).notSources).toEqual(["node_modules"]);
  expect(problems()).toEqual({});
});

test("a file that is named as if another were compressed in it, and is not, is refused: nginx would send it in the other's place", () => {
  const page = "<p>of today</p>".repeat(100);
  for (const [path, data] of Object.entries({
    "page.html": page,
    "page.html.gz": gzipSync("<p>of yesterday</p>"),
    "page.html.br": brotliCompressSync(page),
    "list.csv": "a,b",
    "list.csv.gz": "no gzip at all",
    "bomb.txt": "x",
    "bomb.txt.gz": gzipSync(Buffer.alloc(64 << 20)),
    "good.css": page,
    "good.css.gz": gzipSync(page, { level: 1 }),
    "alone.tar.gz": "whatever",
  }))
    writeFileSync(join(folder, path), data);
  const stale = staleCompressed(folder, paths());
  expect(stale.map(({ path }) => path)).toEqual(["bomb.txt.gz", "list.csv.gz", "page.html.gz"]);
  expect(stale[2]?.text).toContain("is not page.html compressed");
});

test("links within the folder are followed, whatever they name", () => {
  ["2026/a.css", "page.html"].map(put);
  symlinkSync("2026", join(folder, "latest"));
  symlinkSync(join(folder, "page.html"), join(folder, "index.html"));
  expect(paths()).toEqual(["2026/a.css", "index.html", "latest/a.css", "page.html"]);
});

test("links that lead out, nowhere or in a circle are refused by their path", () => {
  mkdirSync(join(outside, "assets"));
  mkdirSync(join(folder, "sub"));
  symlinkSync("../assets", join(folder, "assets"));
  symlinkSync("/nowhere", join(folder, "old.css"));
  symlinkSync("..", join(folder, "sub/up"));
  symlinkSync("self", join(folder, "self"));
  expect(problems()).toEqual({
    assets: expect.stringContaining("outside of the folder"),
    "old.css": expect.stringContaining("link to /nowhere, which is not there"),
    "sub/up": expect.stringContaining("a folder that it lies in"),
    self: expect.stringContaining("which is not there"),
  });
});

test("what is no file and what no address leads to is refused, and nothing waits for a pipe", () => {
  execFileSync("mkfifo", [join(folder, "pipe")]);
  writeFileSync(Buffer.concat([Buffer.from(`${folder}/caf`), Buffer.from([0xe9])]), "x");
  writeFileSync(join(folder, "café.html"), "x");
  symlinkSync("pipe", join(folder, "also"));
  expect(problems()).toMatchObject({
    pipe: expect.stringContaining("named pipe"),
    also: expect.stringContaining("named pipe"),
    "caf\u{fffd}": expect.stringContaining("not UTF-8"),
  });
  expect(paths()).toEqual(["café.html"]);
});
