import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  appendFileSync,
  chmodSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, describe, expect, test } from "@jest/globals";
import type { Release } from "@second-server/contract/release";

import { buildRelease } from "../../../render/release";
import { factsIn, project, removeProjects } from "../../fixtures/manifest";

const FOLDER = project();
const fleet = factsIn(FOLDER);
const before = buildRelease(fleet, "primary", FOLDER);
const OUT = mkdtempSync(join(tmpdir(), "second-server-release-"));
afterAll(() => {
  removeProjects();
  rmSync(OUT, { recursive: true, force: true });
});

test("the same input has the same bytes, wherever the project lies", () => {
  const other = project();
  expect(buildRelease(factsIn(other), "primary", other).sha256).toBe(before.sha256);
});
test("it is named by the sha256 of its bytes", () =>
  expect(createHash("sha256").update(before.archive).digest("hex")).toBe(before.sha256));

describe("unpacked by tar", () => {
  writeFileSync(join(OUT, "bundle.tar.gz"), before.archive);
  execFileSync("tar", ["-xzf", "bundle.tar.gz"], { cwd: OUT });
  const release = JSON.parse(readFileSync(join(OUT, "release.json"), "utf8")) as Release;

  test("release.json says what was built", () => expect(release).toEqual(before.release));
  test("every file is there with the content it names", () => {
    expect(release.files.length).toBeGreaterThan(20);
    for (const { sha256 } of release.files)
      expect(
        createHash("sha256")
          .update(readFileSync(join(OUT, "files", sha256)))
          .digest("hex"),
      ).toBe(sha256);
  });
  test("every tree is there, sources bundled, other files beside", () => {
    expect(readdirSync(join(OUT, "trees")).sort()).toEqual(
      release.trees.map(({ name }) => name).sort(),
    );
    expect(readdirSync(join(OUT, "trees/notes")).sort()).toEqual(["look.css", "main.js"]);
    expect(
      execFileSync(process.execPath, ["main.js"], {
        cwd: join(OUT, "trees/notes"),
        encoding: "utf8",
      }),
    ).toBe("note\n");
  });
  test("SQLite is found through NODE_PATH alone", () => {
    const program =
      'const D = require("libsql"); const d = new D(":memory:"); console.log(d.prepare("select 6 * 7 as n").get().n)';
    expect(
      execFileSync(process.execPath, ["-e", program], {
        cwd: OUT,
        encoding: "utf8",
        env: { NODE_PATH: join(OUT, "trees/node-libsql") },
      }),
    ).toBe("42\n");
  });
  test("both programs start on their own", () => {
    const usage = (file: string) =>
      spawnSync(process.execPath, [join(OUT, file), "--help"], {
        cwd: OUT,
        encoding: "utf8",
      }).output.join("");
    expect(usage("agent.js")).toMatch(/apply/);
    expect(usage("trees/monitor/monitor.js")).toMatch(/observatory/);
  });
  test("the monitor's source is ASCII, which V8 keeps at one byte a character, and what sends mail lies beside it", () => {
    expect(
      readFileSync(join(OUT, "trees/monitor/monitor.js")).filter((byte) => byte > 127),
    ).toHaveLength(0);
    const program =
      'console.log(typeof require("module").createRequire(process.argv[1])("nodemailer").createTransport)';
    expect(
      execFileSync(process.execPath, ["-e", program, join(OUT, "trees/monitor/monitor.js")], {
        encoding: "utf8",
      }),
    ).toBe("function\n");
  });
  test("nothing names a path of this machine", () => {
    for (const file of [
      "agent.js",
      "release.json",
      "trees/monitor/monitor.js",
      "trees/monitor/node_modules/nodemailer/index.js",
      "trees/notes/main.js",
    ])
      expect(readFileSync(join(OUT, file), "utf8").includes(process.cwd())).toBe(false);
  });
});

describe("a change of one service", () => {
  const treesOf = (release: Release) =>
    Object.fromEntries(release.trees.map(({ name, hash }) => [name, hash]));
  const changed = (edit: (root: string) => void): string[] => {
    const root = project();
    edit(root);
    const after = buildRelease(factsIn(root), "primary", root);
    const [old, now] = [treesOf(before.release), treesOf(after.release)];
    expect(after.release.files).toEqual(before.release.files);
    return Object.keys(now).filter((name) => now[name] !== old[name]);
  };
  test("touches that service's tree alone", () =>
    expect(
      changed((root) =>
        appendFileSync(
          join(root, "src/notes/word.ts"),
          'export const more = "x";\nconsole.log(more);\n',
        ),
      ),
    ).toEqual(["notes"]));
  test("a comment in TypeScript changes nothing at all", () =>
    expect(
      changed((root) => appendFileSync(join(root, "src/notes/word.ts"), "// a remark\n")),
    ).toEqual([]));
  test("a mode that a clone's umask decides changes nothing", () =>
    expect(changed((root) => chmodSync(join(root, "src/notes/look.css"), 0o600))).toEqual([]));
  test("an executable bit does", () =>
    expect(changed((root) => chmodSync(join(root, "src/hook/hooks.json"), 0o755))).toEqual([
      "hook",
    ]));
});

test("modes survive", () =>
  expect(statSync(join(OUT, "trees/notes/look.css")).mode & 0o777).toBe(0o644));

test("a source that does not build is named with its place", () => {
  const root = project();
  writeFileSync(join(root, "src/notes/word.ts"), "export const word = ;\n");
  expect(() => buildRelease(factsIn(root), "primary", root)).toThrow(
    /src\/notes\/word\.ts:1:21: Unexpected ";"\. Correct it; nothing has been touched\.$/,
  );
});
