import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { afterAll, expect, test } from "@jest/globals";

import { buildPart } from "../../../render/release";
import { builderTree } from "../../../render/sources";
import {
  MANIFEST,
  SETTINGS,
  SOURCES,
  factsIn,
  project,
  removeProjects,
} from "../../fixtures/manifest";

const ROOT = mkdtempSync(join(tmpdir(), "second-server-builder-"));
afterAll(() => {
  removeProjects();
  rmSync(ROOT, { recursive: true, force: true });
});
const put = (path: string, data: Buffer | string, mode = 0o644): void => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, data, { mode });
};
// As it lies on the primary, with nothing of this project around it.
for (const { path, mode, data } of builderTree().entries) put(join(ROOT, "tree", path), data, mode);
// Nothing can be written there.
put(join(ROOT, "tree/node_modules/.cache"), "");
put(join(ROOT, "credentials/stack"), JSON.stringify({ settings: SETTINGS, secrets: [] }));
mkdirSync(join(ROOT, "scratch"));

interface Made {
  readonly code: number | null;
  readonly archive: Buffer;
  readonly said: string;
}
const make = (service: string, folder: string): Made => {
  const input = execFileSync("tar", ["-c", "-C", folder, "."], { maxBuffer: 1 << 27 });
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(ROOT, "tree/bin/builder.js"), service],
    {
      cwd: ROOT,
      input,
      env: {
        PATH: process.env["PATH"],
        CACHE_DIRECTORY: join(ROOT, "scratch"),
        CREDENTIALS_DIRECTORY: join(ROOT, "credentials"),
      },
      maxBuffer: 1 << 27,
    },
  );
  return { code: status, archive: stdout, said: stderr.toString() };
};
const refusal = (service: string, change: (folder: string) => void): string => {
  const folder = project();
  change(folder);
  const { code, archive, said } = make(service, folder);
  expect([code, archive.length]).toEqual([1, 0]);
  // Where it was unpacked is nothing to the one who pushes.
  expect(said).not.toContain(ROOT);
  return said;
};
/** Its manifest with this instead of that. */
const other = (before: string, after: string) => (folder: string) =>
  writeFileSync(join(folder, "fleet.yaml"), MANIFEST.replace(before, after));

test.each(["pages", "notes", "feed", "hook"])(
  "of a pushed tree the same release is made as ./fleet deploy makes: %s",
  (service) => {
    const folder = project();
    const { code, archive, said } = make(service, folder);
    expect([code, said]).toEqual([0, ""]);
    expect(archive.equals(buildPart(factsIn(folder), service, folder).archive)).toBe(true);
  },
);

test.each<readonly [string, string, (folder: string) => void, RegExp]>([
  [
    "a branch without a manifest",
    "pages",
    (folder) => rmSync(join(folder, "fleet.yaml")),
    /^this branch has no fleet\.yaml at its top/,
  ],
  [
    "a manifest that leads elsewhere",
    "pages",
    (folder) => {
      rmSync(join(folder, "fleet.yaml"));
      symlinkSync("/etc/passwd", join(folder, "fleet.yaml"));
    },
    /^fleet\.yaml is no file of its own/,
  ],
  [
    "a manifest with a mistake",
    "pages",
    other("kind: static", "kind: stattic"),
    /^fleet\.yaml: services\.pages/,
  ],
  [
    "a repository that has no such service",
    "pages",
    other("  pages: { kind: static, folder: src/pages }\n", ""),
    /has no service "pages"\. It has: notes, feed/,
  ],
  [
    "a submodule",
    "pages",
    (folder) => mkdirSync(join(folder, "src/pages/theme")),
    /^src\/pages\/theme is a submodule/,
  ],
  [
    "a link out of the folder",
    "pages",
    (folder) => symlinkSync("/etc/passwd", join(folder, "src/pages/p.txt")),
    /^src\/pages\/p\.txt: is a link to \/etc\/passwd, outside of the folder/,
  ],
  [
    "a folder that is a link out of the tree",
    "pages",
    (folder) => {
      rmSync(join(folder, "src/pages"), { recursive: true });
      symlinkSync(join(ROOT, "tree/bin"), join(folder, "src/pages"));
    },
    /^src\/pages leads out of what was pushed/,
  ],
  [
    "a folder above the tree",
    "pages",
    other("folder: src/pages", "folder: ../../tree/bin"),
    /leads out of what was pushed/,
  ],
  [
    "a program that needs a package of npm's",
    "notes",
    (folder) => writeFileSync(join(folder, "src/notes/main.ts"), 'import "left-pad";'),
    /^src\/notes\/main\.ts:1:8: Could not resolve "left-pad"[^]*not installed here[^]*\.\/fleet deploy/,
  ],
  [
    "more than a push may bring",
    "pages",
    (folder) => {
      writeFileSync(join(folder, "src/pages/film.mp4"), "");
      truncateSync(join(folder, "src/pages/film.mp4"), 49 * 1024 ** 2);
    },
    /^src\/pages has 50 MiB, and of a push at most 48/,
  ],
])("%s is refused in words", (_what, service, change, words) => {
  expect(refusal(service, change)).toMatch(words);
});

test("what one push has left behind is gone for the next, and sources that are the same stay the same", () => {
  put(join(ROOT, "scratch/tree/src/pages/left.html"), "left");
  const folder = project({ "fleet.yaml": MANIFEST, ...SOURCES });
  const { archive } = make("pages", folder);
  expect(execFileSync("tar", ["-tz"], { input: archive, encoding: "utf8" })).not.toContain("left");
});
