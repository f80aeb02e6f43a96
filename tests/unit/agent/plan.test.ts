import { describe, expect, test } from "@jest/globals";
import type { Release } from "@second-server/contract/release";

import { type Observed, isIdle, planOf } from "../../../agent/apply/plan";
import { file, release } from "./sample";

const FILES = [
  file("/etc/systemd/system/fleet-chat.service", "unit 1"),
  file("/etc/systemd/system/fleet-wiki.service", "unit"),
  file("/etc/nginx/sites/chat.conf", "site 1"),
  file("/etc/fleet/wiki.json", "{}"),
];
const one = release({ files: FILES });

/** A machine on which exactly that release is in place. */
const machineWith = ({ files, trees }: Release): Observed => ({
  files: new Map(files.map(({ path, sha256, mode }) => [path, { sha256, mode }])),
  trees: new Map(trees.map(({ name, hash }) => [name, hash])),
});
const nothing: Observed = { files: new Map(), trees: new Map() };
const withFile = (path: string, text: string): Release =>
  release({ files: FILES.map((known) => (known.path === path ? file(path, text) : known)) });

test("a release that is in place already changes nothing, and only starts what does not run", () => {
  const plan = planOf(one, one, machineWith(one));
  expect(isIdle(plan)).toBe(true);
  expect(plan).toMatchObject({
    restart: [],
    reload: [],
    reloadUnits: false,
    start: ["fleet-chat.service", "fleet-wiki.service", "nginx.service", "certbot.timer"],
  });
});

test("on a fresh machine everything is written and everything starts", () => {
  const plan = planOf(undefined, one, nothing);
  expect(plan.write).toHaveLength(4);
  expect(plan).toMatchObject({
    restart: ["fleet-chat.service", "fleet-wiki.service"],
    reload: ["nginx.service"],
    reloadUnits: true,
  });
});

describe("only what changed is touched", () => {
  const story: readonly (readonly [
    string,
    Release,
    readonly string[],
    readonly string[],
    boolean,
  ])[] = [
    [
      "a service's tree",
      release({
        files: FILES,
        trees: [
          { name: "chat", hash: "cccc" },
          { name: "blog", hash: "bbbb" },
        ],
      }),
      ["fleet-chat.service"],
      [],
      false,
    ],
    [
      "a static site's tree",
      release({
        files: FILES,
        trees: [
          { name: "chat", hash: "aaaa" },
          { name: "blog", hash: "cccc" },
        ],
      }),
      [],
      [],
      false,
    ],
    [
      "a unit's own file",
      withFile("/etc/systemd/system/fleet-chat.service", "unit 2"),
      ["fleet-chat.service"],
      [],
      true,
    ],
    [
      "a file that a unit names",
      withFile("/etc/fleet/wiki.json", "{1}"),
      ["fleet-wiki.service"],
      [],
      false,
    ],
    [
      "a file below a folder that a unit names",
      withFile("/etc/nginx/sites/chat.conf", "site 2"),
      [],
      ["nginx.service"],
      false,
    ],
  ];
  test.each(story)("%s", (_what, next, restart, reload, reloadUnits) => {
    expect(planOf(one, next, machineWith(one))).toMatchObject({ restart, reload, reloadUnits });
  });
});

describe("a unit that takes a file in without a restart", () => {
  const units = one.units.map((unit) =>
    unit.name === "fleet-wiki.service"
      ? { ...unit, restartOn: ["tree:chat"], reloadOn: ["/etc/fleet/wiki.json"] }
      : unit,
  );
  const before = release({ files: FILES, units });
  test("is reloaded when only that changed", () => {
    expect(
      planOf(before, { ...withFile("/etc/fleet/wiki.json", "{1}"), units }, machineWith(before)),
    ).toMatchObject({ restart: [], reload: ["fleet-wiki.service"] });
  });
  test("is restarted, and not reloaded besides, when more did", () => {
    const next = {
      ...withFile("/etc/fleet/wiki.json", "{1}"),
      units,
      trees: [
        { name: "chat", hash: "cccc" },
        { name: "blog", hash: "bbbb" },
      ],
    };
    expect(planOf(before, next, machineWith(before))).toMatchObject({
      restart: ["fleet-chat.service", "fleet-wiki.service"],
      reload: [],
    });
  });
});

test("a file that somebody edited by hand, or whose mode was changed, is put right and its unit told", () => {
  const observed = machineWith(one);
  const edited = new Map(observed.files)
    .set("/etc/fleet/wiki.json", { sha256: "other", mode: 0o644 })
    .set("/etc/nginx/sites/chat.conf", { sha256: FILES[2]!.sha256, mode: 0o666 });
  expect(planOf(one, one, { ...observed, files: edited })).toMatchObject({
    restart: ["fleet-wiki.service"],
    reload: ["nginx.service"],
  });
});

test("a service that left the manifest is stopped, and its files and tree go", () => {
  const next = release({
    files: FILES.slice(1),
    trees: [{ name: "blog", hash: "bbbb" }],
    units: one.units.slice(1),
  });
  expect(planOf(one, next, machineWith(one))).toMatchObject({
    stop: ["fleet-chat.service"],
    remove: ["/etc/systemd/system/fleet-chat.service"],
    removeTrees: ["chat"],
    reloadUnits: true,
  });
});

describe("after an apply that was killed between writing files and telling systemd", () => {
  const two = withFile("/etc/fleet/wiki.json", "{2}");
  const cutShort = { releases: [two], changed: ["/etc/fleet/wiki.json"] };

  test("the same release restarts what was not told, although every file is in place", () => {
    expect(planOf(one, two, machineWith(two), cutShort).restart).toEqual(["fleet-wiki.service"]);
  });
  test("going back to the release before restarts it as well", () => {
    expect(planOf(one, one, machineWith(two), cutShort).restart).toEqual(["fleet-wiki.service"]);
  });
  test("what only the killed release brought is removed by the next", () => {
    const extra = release({ files: [...FILES, file("/etc/nginx/sites/new.conf", "new")] });
    expect(
      planOf(one, one, machineWith(extra), {
        releases: [extra],
        changed: ["/etc/nginx/sites/new.conf"],
      }),
    ).toMatchObject({ remove: ["/etc/nginx/sites/new.conf"], reload: ["nginx.service"] });
  });
});
