import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "@jest/globals";

import { TAR_END, tarPart } from "../../../render/tar";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tar-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const LONG = "n".repeat(200);
test.each([
  ["a name of 100 bytes", "n".repeat(100)],
  ["a name longer than ustar has room for", `trees/pages/${LONG}.html`],
  ["folders deeper than ustar has room for", `${"deep/".repeat(80)}page.html`],
  [
    "letters of several bytes, whose count is not their length",
    `${"ä".repeat(90)}/${"ö".repeat(60)}`,
  ],
  ["both", `${`${LONG}/`.repeat(5)}${LONG}`],
])("%s is unpacked by tar as it was", (_what, path) => {
  const archive = Buffer.concat([
    tarPart([
      { path, mode: 0o644, data: Buffer.from("here") },
      { path: "zz-after", mode: 0o755, data: Buffer.alloc(513, "x") },
    ]),
    TAR_END,
  ]);
  writeFileSync(join(folder, "it.tar"), archive);
  execFileSync("tar", ["-xf", "it.tar"], { cwd: folder });
  expect(readFileSync(join(folder, path), "utf8")).toBe("here");
  expect(readFileSync(join(folder, "zz-after"))).toHaveLength(513);
});
