/** What arrives as a tar, by the real programs: an honest one, and what a stranger may send. */
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  closeSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";

import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { PATHS } from "@second-server/contract/paths";

import { writeManifest } from "../../../agent/backup/manifest";
import { receive } from "../../../agent/backup/receive";
import { type TemporaryMachine, temporaryMachine } from "./temporary-machine";

let machine: TemporaryMachine;
beforeEach(() => {
  machine = temporaryMachine();
  mkdirSync(machine.at("/made/data/wiki"), { recursive: true });
});
afterEach(() => {
  machine.remove();
});

const made = (path: string): string => machine.at(`/made/${path}`);
const arrived = (path: string): string => machine.at(`${PATHS.restore}/${path}`);
const receiveFile = async (path: string): Promise<void> => {
  const file = openSync(path, "r");
  try {
    await receive(machine, file);
  } finally {
    closeSync(file);
  }
};

/** As the watcher sends it. */
const send = async (): Promise<void> => {
  writeManifest(made(""), new Date(), "release");
  const words = ["--sparse", "--xattrs", "--xattrs-include=user.*", "-C", made(""), "."];
  execFileSync("tar", ["-cf", machine.at("/sent.tar"), ...words]);
  await receiveFile(machine.at("/sent.tar"));
};

/** Members as Python's tarfile has them: name, and what it is. */
const sendMembers = async (members: readonly Record<string, unknown>[]): Promise<void> => {
  const program = `import io, json, sys, tarfile
with tarfile.open(sys.argv[1], "w") as tar:
    for one in json.loads(sys.argv[2]):
        body = one.pop("body", "").encode()
        member = tarfile.TarInfo(one.pop("name"))
        member.size = len(body)
        for key, value in one.items():
            setattr(member, key, value.encode() if key == "type" else value)
        tar.addfile(member, io.BytesIO(body))`;
  execFileSync("python3", ["-c", program, machine.at("/sent.tar"), JSON.stringify(members)]);
  await receiveFile(machine.at("/sent.tar"));
};

describe("a backup that is sent", () => {
  test("arrives as it is, with its holes, links, times and names", async () => {
    writeFileSync(made("data/wiki/page"), "text");
    chmodSync(made("data/wiki/page"), 0o640);
    utimesSync(made("data/wiki/page"), 1_700_000_000.25, 1_700_000_000.25);
    linkSync(made("data/wiki/page"), made("data/wiki/same"));
    symlinkSync("../../../../etc/shadow", made("data/wiki/link"));
    writeFileSync(made("data/wiki/holes"), "x");
    truncateSync(made("data/wiki/holes"), 64 << 20);
    execFileSync("sh", [
      "-c",
      `printf y | dd of=${made("data/wiki/holes")} bs=1 seek=33554432 conv=notrunc status=none`,
    ]);
    writeFileSync(Buffer.from(`${made("data/wiki")}/caf\xe9`, "latin1"), "menu");
    writeFileSync(made(`data/wiki/${"long".repeat(50)}`), "");
    await send();
    expect(readFileSync(arrived("data/wiki/page"), "utf8")).toBe("text");
    const [page, same] = [
      lstatSync(arrived("data/wiki/page")),
      lstatSync(arrived("data/wiki/same")),
    ];
    expect([page.mode & 0o7777, page.mtimeMs, same.ino]).toEqual([
      0o640,
      1_700_000_000_250,
      page.ino,
    ]);
    expect(readlinkSync(arrived("data/wiki/link"))).toBe("../../../../etc/shadow");
    const holes = lstatSync(arrived("data/wiki/holes"));
    expect(holes.size).toBe(64 << 20);
    expect(holes.blocks).toBeLessThan(64);
    expect(readFileSync(arrived("data/wiki/holes")).indexOf("y")).toBe(33_554_432);
    expect(machine.confined).toEqual([expect.objectContaining({ writable: [] })]);
    expect(machine.confined[0]).not.toHaveProperty("owner");
  });

  test("of more bytes than a piece of it", async () => {
    writeFileSync(made("data/wiki/large"), Buffer.alloc(5_000_000, "0123456789"));
    await send();
    expect(
      readFileSync(arrived("data/wiki/large")).equals(readFileSync(made("data/wiki/large"))),
    ).toBe(true);
  });
});

describe("what a stranger may send", () => {
  const LINK = "2";
  const HARD = "1";
  const FOLDER = "5";
  const PIPE = "6";
  const DEVICE = "3";
  const ours = { name: ".", type: FOLDER, mode: 0o755 };
  const folder = (name: string) => ({ name, type: FOLDER, mode: 0o755 });
  const hostile: readonly (readonly [string, readonly Record<string, unknown>[]])[] = [
    ["a path that leads out", [ours, { name: "../owned", body: "x" }]],
    [
      "a path that leads out further down",
      [ours, folder("a"), { name: "a/../../owned", body: "x" }],
    ],
    ["an absolute path", [ours, { name: "/owned", body: "x" }]],
    [
      "a file behind a link",
      [ours, { name: "a", type: LINK, linkname: ".." }, { name: "a/owned", body: "x" }],
    ],
    [
      "a folder that a link then stands for",
      [
        ours,
        folder("a"),
        { name: "a", type: LINK, linkname: ".." },
        { name: "a/owned", body: "x" },
      ],
    ],
    ["a hard link to what lies outside", [ours, { name: "a", type: HARD, linkname: "../secret" }]],
    [
      "a hard link to a link",
      [
        ours,
        { name: "a", type: LINK, linkname: "../secret" },
        { name: "b", type: HARD, linkname: "a" },
      ],
    ],
    ["a pipe", [ours, { name: "a", type: PIPE }]],
    ["a device", [ours, { name: "a", type: DEVICE, devmajor: 1, devminor: 3 }]],
    ["a file in no folder", [{ name: "a", body: "x" }]],
    ["the same file twice", [ours, { name: "a", body: "x" }, { name: "a", body: "y" }]],
    ["nothing", []],
    ["a file in place of the folder", [{ name: ".", body: "x" }]],
    ["no description of what it is", [ours, { name: "a", body: "x" }]],
  ];
  test.each(hostile)("%s is refused, and nothing of it stays", async (_what, members) => {
    machine.write(`${PATHS.agentState}/secret`, "secret");
    machine.write(`${PATHS.restore}/manifest.json`, "of before");
    await expect(sendMembers(members)).rejects.toThrow(/did not arrive whole|not a whole backup/);
    const names = readdirSync(machine.at(PATHS.agentState)).filter((name) => name !== "incoming");
    expect(names.sort()).toEqual(["restore", "secret"]);
    expect(machine.read(`${PATHS.restore}/manifest.json`)).toBe("of before");
    expect(existsSync(machine.at("/owned"))).toBe(false);
    expect(machine.read(`${PATHS.agentState}/secret`)).toBe("secret");
  });

  test("noise, half a tar and one without end are refused", async () => {
    writeFileSync(machine.at("/noise"), Buffer.alloc(1 << 20, "noise"));
    await expect(receiveFile(machine.at("/noise"))).rejects.toThrow("did not arrive whole");
    writeFileSync(made("data/wiki/page"), "x".repeat(100_000));
    await send();
    truncateSync(machine.at("/sent.tar"), 50_000);
    await expect(receiveFile(machine.at("/sent.tar"))).rejects.toThrow("did not arrive whole");
  });
});
