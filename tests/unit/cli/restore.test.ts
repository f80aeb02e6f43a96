import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "@jest/globals";

import { shellWord } from "../../../cli/access/ssh";
import { verifyFolder } from "../../../cli/backup/download";
import { exportWords } from "../../../cli/backup/export";
import { momentOf } from "../../../cli/backup/when";
import { PROJECT_FOLDER } from "../../../cli/context";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fleet-restore-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const fleet = (...args: string[]): Promise<{ code: number; err: string }> =>
  new Promise((resolve) => {
    execFile("./fleet", [...args, "--state", folder], { cwd: PROJECT_FOLDER }, (error, _out, err) =>
      resolve({ code: error ? Number(error.code) : 0, err }),
    );
  });

const NOW = Date.parse("2026-11-21T12:00:00Z");
test.each([
  ["20261121T100000Z", "20261121T100000Z"],
  ["2h", "2026-11-21T10:00:00.000Z"],
  ["30m", "2026-11-21T11:30:00.000Z"],
  ["3d", "2026-11-18T12:00:00.000Z"],
  ["2026-11-20T08:00Z", "2026-11-20T08:00:00.000Z"],
])("--at %s is %s", (text, moment) => {
  expect(momentOf(text, NOW)).toBe(moment);
});
test.each(["", "yesterday", "12", "2 h", "2w"])("--at %j is refused", (text) => {
  expect(() => momentOf(text, NOW)).toThrow("say a backup");
});

test("a name reaches the other end's shell as the one word that it is", () => {
  expect(["data/a/x", "it's", "$(reboot)", "a b", ""].map(shellWord)).toEqual([
    "data/a/x",
    `'it'\\''s'`,
    "'$(reboot)'",
    "'a b'",
    "''",
  ]);
  expect(exportWords({ paths: ["data/a/b c"], doubtful: true }).join(" ")).toBe(
    "sudo fleet-agent backup export --path 'data/a/b c' --doubtful",
  );
});

test.each([
  [["restore", "x", "--undo", "--at", "2h"], "--undo stands alone"],
  [["restore", "x", "--to", "/tmp/x", "--dry-run"], "--to only copies"],
  [["restore", "x", "--file", "a", "--item", "b"], "not both"],
  [["restore", "x", "--table", "t", "--dry-run"], "--table stands with"],
  [["restore", "x", "--item", "../../etc/passwd"], "no path below"],
  [["restore", "x", "--at", "yesterday"], "say a backup"],
  [["backup", "download"], "--to"],
])("%j is refused by its reason, exit 2", async (words, reason) => {
  const { code, err } = await fleet(...words);
  expect([code, err]).toEqual([2, expect.stringContaining(reason)]);
});

test("what was downloaded is compared with its list, names that are no UTF-8 and links too", async () => {
  const name = Buffer.from([0x61, 0xff]);
  const sha256 = createHash("sha256").update("text").digest("hex");
  writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), name]), "text");
  symlinkSync("there", join(folder, "link"));
  const entries = [
    { path: "a\udcff", sha256, bytes: 4 },
    { path: "link", link: "there" },
  ];
  writeFileSync(join(folder, "manifest.json"), JSON.stringify({ at: "2026-11-21", entries }));
  expect(await verifyFolder(folder)).toBe(2);
  writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), name]), "TEXT");
  await expect(verifyFolder(folder)).rejects.toThrow("did not arrive as it is in the backup");
});
