import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { PATHS } from "@second-server/contract/paths";

import { pushFiles } from "../../../render/push";
import { MANIFEST, SOURCES, factsIn, project, removeProjects } from "../../fixtures/manifest";

const fleet = factsIn(
  project({
    ...SOURCES,
    "fleet.yaml": MANIFEST.replace("folder: src/pages", "folder: src/pages, push: main"),
  }),
);
/** git as the two ends have it, with sshd and the agent played: the key's command and the hook are the machine's. */
const given = spawnSync("git", ["--version"]).status === 0 ? describe : describe.skip;

given("what a key that may push starts", () => {
  let root = "";
  const at = (...path: string[]): string => join(root, ...path);
  const put = (path: string, text: string): void => {
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, text, { mode: 0o755 });
  };
  const git = (...words: string[]): SpawnSyncReturns<string> =>
    spawnSync(
      "git",
      ["-C", at("work"), "-c", "user.name=me", "-c", "user.email=me@x.test", ...words],
      {
        encoding: "utf8",
        env: {
          PATH: process.env["PATH"],
          HOME: at("home"),
          GIT_SSH_COMMAND: at("ssh"),
          GIT_CONFIG_NOSYSTEM: "1",
        },
      },
    );
  const commit = (name: string, text: string): string => {
    writeFileSync(at("work", name), text);
    git("add", "-A");
    git("commit", "-q", "-m", name);
    return git("rev-parse", "HEAD").stdout.trim();
  };
  const push = (...words: string[]): SpawnSyncReturns<string> =>
    git("push", "host:pages.git", ...words);
  const branch = (): string =>
    spawnSync("git", ["-C", at("pushed/pages.git"), "rev-parse", "--quiet", "--verify", "main"], {
      encoding: "utf8",
    }).stdout.trim();
  const asked = (): readonly string[] =>
    existsSync(at("asked")) ? readFileSync(at("asked"), "utf8").trim().split("\n") : [];

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "second-server-push-"));
    for (const folder of ["work", "home", "pushed", "in-force"]) mkdirSync(at(folder));
    for (const { path, text } of pushFiles(fleet))
      put(
        at("machine", path),
        text
          .replaceAll(PATHS.pushHome, at("pushed"))
          .replaceAll(PATHS.pushHooks, at("machine", PATHS.pushHooks))
          .replaceAll(PATHS.pushed, at("in-force"))
          // Files of a mebibyte are made sooner.
          .replaceAll("131072", "1024")
          .replace("PATH=/usr/bin:/bin", `PATH=${at("bin")}:/usr/bin:/bin`),
      );
    put(
      at("ssh"),
      `#!/bin/bash\nSSH_ORIGINAL_COMMAND="\${@: -1}" SSH_CLIENT="10.0.0.7 1 22" GIT_DIR=/nowhere exec bash ${at("machine", PATHS.pushCommand)} me@laptop\n`,
    );
    // The agent: healthy unless the tree says otherwise; then its commit is noted as the one that serves.
    put(
      at("bin/sudo"),
      `#!/bin/bash\nshift; echo "$@" >>${at("asked")}; tar -x -O -f - page >${at("got")}; echo "making a release"; grep -q ill ${at("got")} && { echo "it does not answer"; exit 1; }; echo "$4" >${at("in-force")}/$3\n`,
    );
    git("init", "-q", "-b", "main");
  });
  afterEach(() => rmSync(root, { recursive: true }));

  test("brings the branch that goes live, its progress in the push's output, and says who pushed what", () => {
    const first = commit("page", "one");
    const { status, stderr } = push("main");
    expect([status, branch(), readFileSync(at("got"), "utf8")]).toEqual([0, first, "one"]);
    expect(stderr).toMatch(/^remote: making a release\s*$/m);
    expect(asked()).toEqual([`${PATHS.agent} push pages ${first} me@laptop from 10.0.0.7`]);
  });

  test("leaves the branch where it was, and nothing of the push behind, when the version is not healthy", () => {
    const first = commit("page", "one");
    push("main");
    const second = commit("page", "ill");
    const { status, stderr } = push("main");
    expect([status, branch()]).toEqual([1, first]);
    expect(stderr).toContain("it does not answer");
    const there = spawnSync("git", ["-C", at("pushed/pages.git"), "cat-file", "-e", second]);
    expect(there.status).not.toBe(0);
    expect(readdirSync(at("pushed")).sort()).toEqual(["pages.git", "pages.lock"]);
  });

  test.each([
    ["another branch", ["HEAD:dev"], /dev does not go live: pages is brought by the branch main/],
    ["a tag", ["HEAD:refs/tags/v1"], /refs\/tags\/v1 does not go live/],
    ["two at once", ["HEAD:main", "HEAD:dev"], /dev does not go live/],
    ["a branch taken away", [":main"], /deletion prohibited|can't be deleted/],
  ])("refuses %s before anybody is asked", (_what, words, say) => {
    commit("page", "one");
    push("main");
    commit("page", "two");
    const { status, stderr } = push(...words);
    expect(status).toBe(1);
    expect(stderr).toMatch(say);
    expect(asked()).toHaveLength(1);
  });

  test("takes the same commit again once another version serves, and an older one by force", () => {
    const first = commit("page", "one");
    push("main");
    const second = commit("page", "two");
    push("main");
    expect(push("main").stderr).toContain("Everything up-to-date");
    writeFileSync(at("in-force/pages"), `${first}\n`);
    expect(push("main").status).toBe(0);
    expect([branch(), asked().length]).toEqual([second, 3]);
    expect(push("--force", `${first}:refs/heads/main`).status).toBe(0);
    expect(branch()).toBe(first);
  });

  test.each([
    ["git-upload-pack 'pages.git'", /nothing is given back/],
    ["git-receive-pack 'notes.git'", /no service of that name takes pushes here\. These do: pages/],
    ["git-receive-pack '../../etc'", /no service of that name/],
    ["git-receive-pack 'pages.git'; id", /this key is for git push/],
    ["git-receive-pack 'pages.git'; id '", /no service of that name/],
    ["git-receive-pack --x 'pages.git'", /this key is for git push/],
    ["bash -i", /this key is for git push/],
    ["", /this key is for git push/],
  ])("starts nothing else: %s", (line, say) => {
    const { status, stderr } = spawnSync("bash", [at("machine", PATHS.pushCommand), "me"], {
      encoding: "utf8",
      env: { PATH: process.env["PATH"], SSH_ORIGINAL_COMMAND: line },
    });
    expect(status).toBe(1);
    expect(stderr).toMatch(say);
    expect(readdirSync(at("pushed"))).toEqual([]);
  });

  test("hooks, settings and attributes that come with a push are data, and damaged objects are refused", () => {
    mkdirSync(at("work/hooks"));
    put(at("work/hooks/pre-receive"), `#!/bin/sh\ntouch ${at("ran")}\n`);
    put(at("work/.gitattributes"), "page filter=run\n");
    put(at("work/config"), `[filter "run"]\n\tsmudge = touch ${at("ran")}\n`);
    commit("page", "one");
    expect(push("main").status).toBe(0);
    expect(existsSync(at("ran"))).toBe(false);
    // A tree with a file named ".git", which would be settings where somebody checks it out.
    const blob = git("rev-parse", "HEAD:page").stdout.trim();
    const tree = spawnSync("git", ["-C", at("work"), "mktree"], {
      encoding: "utf8",
      input: `100644 blob ${blob}\t.git\n`,
    }).stdout.trim();
    const bad = git("commit-tree", "-m", "bad", tree).stdout.trim();
    const { status, stderr } = push("--force", `${bad}:refs/heads/main`);
    expect([status, /hasDotgit/.test(stderr)]).toEqual([1, true]);
  });

  test("a push that is small and unpacks to more than may be is refused", () => {
    writeFileSync(at("work/zeros"), Buffer.alloc(2 * 1024 ** 2));
    commit("page", "one");
    const { status, stderr } = push("main");
    expect(status).toBe(1);
    expect(stderr).toContain("its files are more than 1024 KiB together");
    expect(asked()).toEqual([]);
  });
});

test("nothing of it is there where no service takes pushes", () => {
  expect(pushFiles(factsIn(project()))).toEqual([]);
  removeProjects();
});
