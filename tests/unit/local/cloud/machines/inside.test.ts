import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "@jest/globals";

import { folderInside, writeInside } from "../../../../../local/cloud/machines/inside";

let base = "",
  root = "";
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), "inside-"));
  root = join(base, "root");
  await mkdir(join(root, "etc"), { recursive: true });
  await writeFile(join(base, "hosts"), "the host's");
});
afterEach(() => rm(base, { recursive: true }));

test("a link that a machine has put in the way leads to no file of the host", async () => {
  await symlink(join(base, "hosts"), join(root, "etc/file"));
  await writeInside(root, "etc/file", "the machine's", 0o600);
  expect([
    await readFile(join(base, "hosts"), "utf8"),
    await readFile(join(root, "etc/file"), "utf8"),
  ]).toEqual(["the host's", "the machine's"]);
  await symlink(base, join(root, "var"));
  await expect(writeInside(root, "var/hosts", "the machine's", 0o600)).rejects.toThrow(
    "/var/hosts can't be written in the machine",
  );
  expect(await readFile(join(base, "hosts"), "utf8")).toBe("the host's");
});

test("folders are made where they are missing", async () => {
  await writeInside(root, "a/b/c", "text", 0o600);
  expect(await folderInside(root, "a/b")).toBe(join(root, "a/b"));
  expect(await readFile(join(root, "a/b/c"), "utf8")).toBe("text");
});
