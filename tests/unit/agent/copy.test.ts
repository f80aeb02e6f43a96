/**
 * Both ends of a copy, run for real: what a hostile folder gives, and what a hostile sender may not
 * do.
 */
import { execFileSync } from "node:child_process";
import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";

import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";

import { type Data, type End, type Journey, copyIn, copyOut } from "../../../agent/backup/copy";
import { type TemporaryMachine, temporaryMachine } from "./temporary-machine";

let machine: TemporaryMachine;
beforeEach(() => {
  machine = temporaryMachine();
  mkdirSync(machine.at("/var/lib/fleet/wiki"), { recursive: true });
  mkdirSync(machine.at("/out"));
});
afterEach(() => {
  machine.remove();
});

const data: Data = {
  service: "wiki",
  unit: "fleet-wiki.service",
  owner: "svc-wiki",
  kind: "directory",
  path: "/var/lib/fleet/wiki/files",
};
const at = (path: string): string => machine.at(`/var/lib/fleet/wiki/${path}`);
const item = (kind: Data["kind"], name: string): Journey => ({
  kind,
  from: `wiki/${name}`,
  to: `data/${name}`,
});
const out = (journeys: readonly Journey[], bounds: { seconds?: number; bytes?: number } = {}) =>
  copyOut(machine, data, journeys, machine.at("/out"), { seconds: 20, ...bounds });

describe("what a service's folder may hold", () => {
  test("files, folders and links come as they are, with their holes, hard links and attributes", async () => {
    mkdirSync(at("files/deep/er"), { recursive: true });
    writeFileSync(at("files/deep/one"), "text");
    linkSync(at("files/deep/one"), at("files/deep/two"));
    symlinkSync("../../../../etc/shadow", at("files/deep/link"));
    writeFileSync(at("files/holes"), "x");
    truncateSync(at("files/holes"), 64 << 20);
    writeFileSync(Buffer.from(`${at("files")}/caf\xe9`, "latin1"), "menu");
    expect(await out([item("directory", "files")])).toEqual([
      { left: [], leftOut: 0, vanished: 0, restless: false },
    ]);
    const there = machine.at("/out/data/files");
    expect(readFileSync(`${there}/deep/one`, "utf8")).toBe("text");
    expect(lstatSync(`${there}/deep/one`).ino).toBe(lstatSync(`${there}/deep/two`).ino);
    expect(execFileSync("readlink", [`${there}/deep/link`], { encoding: "utf8" })).toBe(
      "../../../../etc/shadow\n",
    );
    expect(lstatSync(`${there}/holes`).size).toBe(64 << 20);
    expect(lstatSync(`${there}/holes`).blocks).toBeLessThan(64);
    expect(
      readdirSync(there, { encoding: "buffer" }).map((name) => name.toString("latin1")),
    ).toContain("caf\xe9");
    expect(lstatSync(`${there}/deep/one`).mtimeMs).toBeCloseTo(
      lstatSync(at("files/deep/one")).mtimeMs,
      0,
    );
  });

  test("a file of a year that is far off, or long ago, costs nothing, and comes back as of then", async () => {
    mkdirSync(at("files"));
    const years = { before: "1931-05-06", "after-2116": "2200-01-01", last: "2440-01-01" };
    for (const [name, day] of Object.entries(years)) {
      writeFileSync(at(`files/${name}`), name);
      execFileSync("touch", ["-d", `${day} 00:00 UTC`, at(`files/${name}`)]);
    }
    symlinkSync("last", at("files/link"));
    execFileSync("touch", ["-h", "-d", "2300-01-01 00:00 UTC", at("files/link")]);
    expect(await out([item("directory", "files")])).toEqual([
      { left: [], leftOut: 0, vanished: 0, restless: false },
    ]);
    const secondsOf = (folder: string): string =>
      execFileSync("find", [folder, "-mindepth", "1", "-printf", "%f %T@\n"], { encoding: "utf8" })
        .split("\n")
        .sort()
        .join();
    expect(secondsOf(machine.at("/out/data/files"))).toBe(secondsOf(at("files")));
  });

  test("pipes are left out and told of; rights of others and of another user do not come", async () => {
    mkdirSync(at("files"));
    execFileSync("mkfifo", [at("files/pipe")]);
    writeFileSync(at("files/tool"), "x");
    execFileSync("chmod", ["6777", at("files/tool")]);
    const [end] = await out([item("directory", "files")]);
    expect(end).toMatchObject({ left: ["pipe"], leftOut: 1 });
    expect(lstatSync(machine.at("/out/data/files/tool")).mode & 0o7777).toBe(0o775);
  });

  const odd: readonly [string, Data["kind"], (path: string) => void, RegExp][] = [
    ["a pipe", "file", (path) => execFileSync("mkfifo", [path]), /^it is no file$/],
    ["a pipe", "sqlite", (path) => execFileSync("mkfifo", [path]), /^it is no file$/],
    ["a folder", "file", (path) => mkdirSync(path), /^it is no file$/],
    ["a link to a file", "file", (path) => symlinkSync("/etc/passwd", path), /^it is no file$/],
    ["a link to a file", "sqlite", (path) => symlinkSync("/etc/passwd", path), /^it is no file$/],
    ["a link to a folder", "directory", (path) => symlinkSync("/etc", path), /^it is no folder$/],
    ["a file", "directory", (path) => writeFileSync(path, ""), /^it is no folder$/],
    ["no database", "sqlite", (path) => writeFileSync(path, "x".repeat(9999)), /not a database/],
    [
      "a database whose log is a pipe",
      "sqlite",
      (path) => {
        writeFileSync(path, "");
        execFileSync("mkfifo", [`${path}-wal`]);
      },
      /^its -wal is no file$/,
    ],
  ];
  test.each(odd)("%s where a %s is meant costs that item only", async (_what, kind, make, why) => {
    make(at("odd"));
    writeFileSync(at("good"), "good");
    const ends = await out([item(kind, "odd"), item("file", "good")]);
    expect(ends).toEqual([{ failed: expect.stringMatching(why) }, {}]);
    expect(readdirSync(machine.at("/out/data"))).toEqual(["good"]);
  });

  test("a link on the way is not followed", async () => {
    mkdirSync(machine.at("/secret"));
    machine.write("/secret/file", "not the service's");
    symlinkSync(machine.at("/secret"), at("way"));
    expect(await out([item("file", "way/file")])).toEqual([
      { failed: "a folder on the way to it is a link" },
    ]);
    expect(existsSync(machine.at("/out/data/way/file"))).toBe(false);
  });

  test("what is not there is told as that", async () => {
    expect(await out([item("file", "none"), item("sqlite", "no/where")])).toEqual([
      { absent: true },
      { absent: true },
    ]);
  });

  test("a folder that is larger than its quota is refused, leaves nothing, and lets the others through", async () => {
    mkdirSync(at("files"));
    writeFileSync(at("files/large"), Buffer.alloc(3 << 20, 1));
    writeFileSync(at("good"), "good");
    const ends = await out([item("directory", "files"), item("file", "good")], { bytes: 2 << 20 });
    expect(ends).toEqual([{ failed: expect.stringContaining("2097152 bytes") }, {}]);
    expect(readdirSync(machine.at("/out/data"))).toEqual(["good"]);
  });

  test("one that is held for ever ends with its deadline", async () => {
    const stuck: TemporaryMachine = { ...machine, confine: () => ["sleep", "60"] };
    const ends = await copyOut(stuck, data, [item("file", "x")], machine.at("/out"), {
      seconds: -8,
    });
    expect(ends).toEqual([{ failed: "it did not end within 2 s", broken: true }]);
  });
});

describe("a service's user who has taken over the sending end", () => {
  /** Python that writes frames: say(head, body). */
  const says = async (
    lines: readonly string[],
    bounds: { readonly seconds?: number; readonly files?: number } = {},
  ): Promise<readonly End[]> => {
    const program = [
      "import json, os, struct, sys",
      "out = sys.stdout.buffer",
      "def say(head, body=b''):",
      "    text = json.dumps({**head, 'n': len(body)}).encode()",
      "    out.write(struct.pack('>I', len(text)) + text + body)",
      "d = {'m': 0o755, 't': 0, 'x': {}}",
      "say({'item': 0})",
      ...lines,
    ].join("\n");
    const taken: TemporaryMachine = {
      ...machine,
      confine: () => ["python3", "-I", "-c", program],
    };
    return await copyOut(taken, data, [item("directory", "files")], machine.at("/out"), {
      seconds: 20,
      ...bounds,
    });
  };
  beforeEach(() => machine.write("/victim/file", "untouched"));
  afterEach(() => {
    expect(machine.read("/victim/file")).toBe("untouched");
    expect(readdirSync(machine.at("/victim"))).toEqual(["file"]);
  });

  test.each([
    ["no frame at all", "out.write(b'GET / HTTP/1.1')"],
    ["a head of four gigabytes", "out.write(b'\\xff\\xff\\xff\\xff')"],
    ["a head that is no object", "out.write(struct.pack('>I', 2) + b'[]')"],
    ["brackets without end", "out.write(struct.pack('>I', 900000) + b'[' * 900000)"],
    ["a way out", "say({'d': '', **d}); say({'f': '../../victim/file', **d})"],
    ["a folder that it never sent", "say({'d': '', **d}); say({'f': 'a/b', **d})"],
    ["a path from the root", "say({'d': '', **d}); say({'f': '/victim/new', **d})"],
    ["a name of a dot", "say({'d': '', **d}); say({'d': '.', **d})"],
    ["a name that is a number", "say({'d': 7, **d})"],
    ["a name with an end", "say({'d': '', **d}); say({'f': 'a\\0b', **d})"],
    [
      "the same name twice",
      "say({'d': '', **d}); say({'f': 'a', **d}); say({'size': 0}); say({'f': 'a', **d})",
    ],
    [
      "a hard link to what it never sent",
      "say({'d': '', **d}); say({'h': 'a', 'to': '../../victim/file'})",
    ],
    [
      "a file through a link",
      "say({'d': '', **d}); say({'l': 'a', 'to': '../../../victim', 't': 0}); say({'f': 'a/new', **d})",
    ],
    [
      "a folder over a link",
      "say({'d': '', **d}); say({'l': 'a', 'to': '../../../victim', 't': 0}); say({'d': 'a', **d})",
    ],
    [
      "a mode of more than rights",
      "say({'f': '', **{**d, 'm': 0o4755}}); say({'size': 0}); say({'end': {}})",
    ],
    ["content before any file", "say({'at': 0}, b'x')"],
    ["a size of a boolean", "say({'f': '', **d}); say({'size': True})"],
    ["an end before its time", "sys.exit(0)"],
    ["another item than its own", "say({'item': 5})"],
  ])("%s costs its own backup only, and leaves nothing", async (_what, line) => {
    const [end] = await says([line]);
    expect(end).toMatchObject({ failed: expect.stringMatching(/no copy|ended early/) });
    expect(existsSync(machine.at("/out/data/files"))).toBe(false);
  });

  const links = (count: string): readonly string[] => [
    "say({'d': '', **d})",
    "try:",
    `    for i in range(${count}): say({'l': str(i), 'to': 'x', 't': 0})`,
    "    say({'end': {}})",
    "    out.flush()",
    "except BrokenPipeError: os._exit(0)",
  ];
  test.each([
    ["more files than a backup may have", "1000", {}, "it has more than 500 files"],
    ["files without end", "10 ** 9", { seconds: -8 }, "it did not end within 2 s"],
  ])("%s are refused, and leave nothing", async (_what, count, bounds, failed) => {
    const [end] = await says(links(count), { ...bounds, files: 500 });
    expect(end).toMatchObject({ failed });
    expect(existsSync(machine.at("/out/data/files"))).toBe(false);
  });

  test("what it says of itself is cut short, and only what is known is kept", async () => {
    const [end] = await says([
      "say({'f': '', **d}); say({'size': 0})",
      "say({'end': {'failed': 'x' * 100000, 'left': ['y' * 5000] * 50, 'path': '/etc/passwd', 'leftOut': 'many'}})",
    ]);
    expect(end).toEqual({
      failed: "x".repeat(300),
      left: Array.from({ length: 5 }, () => "y".repeat(300)),
    });
  });
});

describe("putting back, as the service's user", () => {
  const back = (kind: Data["kind"], name: string): Journey => ({
    kind,
    from: `data/wiki/${name}`,
    to: `wiki/${name}`,
    ...(kind === "sqlite" && { beside: ["-wal", "-shm", "-journal"] }),
  });
  beforeEach(() => {
    machine.write("/restore/data/wiki/files/page", "restored");
    machine.write("/restore/data/wiki/wiki.db", "database");
  });

  test("what was there goes, logs of another database with it, and what the backup lacks stays", async () => {
    writeFileSync(at("wiki.db-journal"), "hot");
    writeFileSync(at("wiki.db-wal"), "log");
    writeFileSync(at("other"), "stays");
    mkdirSync(at("files"));
    writeFileSync(at("files/newer"), "goes");
    await copyIn(
      machine,
      data,
      [back("directory", "files"), back("sqlite", "wiki.db"), back("file", "other")],
      machine.at("/restore"),
      20,
    );
    expect(readdirSync(at("")).sort()).toEqual(["files", "other", "wiki.db"]);
    expect(readdirSync(at("files"))).toEqual(["page"]);
    expect(machine.confined.map(({ owner }) => owner)).toEqual(["svc-wiki"]);
  });

  test("a link that the service left in its place is replaced, and one on the way is not followed", async () => {
    machine.write("/victim/page", "untouched");
    symlinkSync(machine.at("/victim"), at("files"));
    await copyIn(machine, data, [back("directory", "files")], machine.at("/restore"), 20);
    expect(lstatSync(at("files")).isDirectory()).toBe(true);
    machine.write("/restore/data/wiki/way/page", "restored");
    symlinkSync(machine.at("/victim"), at("way"));
    await expect(
      copyIn(machine, data, [back("file", "way/page")], machine.at("/restore"), 20),
    ).rejects.toThrow("a folder on the way to it is a link");
    expect(machine.read("/victim/page")).toBe("untouched");
  });
});
