import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "@jest/globals";

import { type Outcome, fleet, fleetIn, must, on, up } from "./kit";

/** Has a service of this manifest take pushes. */
export const takePushes = (project: string): void => {
  const path = join(project, "fleet.yaml");
  const text = readFileSync(path, "utf8");
  writeFileSync(path, text.replace("  health:\n", "  health:\n    push: main\n"));
};

const health = async (): Promise<string> =>
  (await must(fleet("net", "--", "curl", "-fsS", "https://health.example.test/health"))).out;

/** `git push` to a primary whose manifest `takePushes` has changed; `project`: where it lies. */
export const pushTests = (project: () => string): void => {
  let repository = "";
  let own = { ssh: "", url: "" };
  const git = (...words: readonly string[]): string =>
    execFileSync(
      "git",
      ["-C", repository, "-c", "user.name=owner", "-c", "user.email=owner@example.test", ...words],
      { encoding: "utf8" },
    ).trim();
  const commit = (): string => {
    git("add", "-A");
    git("commit", "-q", "-m", "a version");
    return git("rev-parse", "HEAD");
  };
  const push = (what: string): Promise<Outcome> =>
    fleet(
      "net",
      "--",
      "git",
      "-C",
      repository,
      "-c",
      `core.sshCommand=${own.ssh}`,
      "push",
      own.url,
      what,
    );
  const main = (): string => join(repository, "services/health/main.py");

  beforeAll(() => {
    repository = mkdtempSync(join(tmpdir(), "second-server-pushed-"));
  });
  afterAll(() => rmSync(repository, { recursive: true, force: true }));

  test("git push brings what is in the commit, and is visible over HTTPS", async () => {
    ({ own } = JSON.parse((await must(fleetIn(project(), "push-url", "health", "--json"))).out) as {
      own: typeof own;
    });
    for (const path of ["fleet.yaml", "services"])
      cpSync(join(project(), path), join(repository, path), { recursive: true });
    git("init", "-q", "-b", "main");
    const source = readFileSync(main(), "utf8");
    writeFileSync(main(), source.replace('{"ok": memory()', '{"pushed": 1, "ok": memory()'));
    const first = commit();
    const { err } = await must(push("main"));
    expect(err).toContain(`is in force, of git ${first.slice(0, 12)}`);
    expect(await health()).toContain('"pushed": 1');
    expect(await on("primary", "sudo fleet-agent history health")).toMatch(
      /in force, by \S+ from \d/,
    );
  });

  test("one that is not healthy, of another branch or without a manifest is refused, and what serves goes on", async () => {
    const first = git("rev-parse", "HEAD");
    const source = readFileSync(main(), "utf8");
    writeFileSync(main(), `raise SystemExit("broken on purpose")\n${source}`);
    commit();
    const ill = await push("main");
    expect([ill.code, ill.err]).toEqual([1, expect.stringContaining("broken on purpose")]);
    expect((await push("HEAD:dev")).err).toContain("dev does not go live");
    git("rm", "-q", "fleet.yaml");
    commit();
    const bare = await push("main");
    expect([bare.code, bare.err]).toEqual([1, expect.stringContaining("has no fleet.yaml")]);
    expect(await health()).toContain('"pushed": 1');
    expect(
      await on(
        "primary",
        "sudo -u fleet-push git -C /var/lib/fleet-push/health.git rev-parse refs/heads/main",
      ),
    ).toBe(first);
  });

  test("preview and up say what was pushed; an up whose manifest takes no push of it brings its own", async () => {
    const words = /health: [0-9a-f]{12} \(main\)\. To bring this tree's: \.\/fleet deploy health/;
    expect((await must(fleetIn(project(), "preview"))).err).toMatch(words);
    await up();
    expect(await health()).not.toContain("pushed");
  });
};
