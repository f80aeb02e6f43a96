import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  linkSync,
  mkdirSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";

import { afterEach, beforeEach, expect, test } from "@jest/globals";

import { baseFor } from "../../../agent/backup/fetch";
import { doubtsAbout } from "../../../agent/backup/items";
import {
  type BackupManifest,
  faultsOf,
  readManifest,
  writeManifest,
} from "../../../agent/backup/manifest";
import { agree, agreement, compose, planRestore } from "../../../agent/backup/plan-restore";
import {
  accept,
  backupIds,
  chosen,
  letGo,
  list,
  noteDoubts,
  noteOrder,
} from "../../../agent/backup/store";
import { openShelf } from "../../../agent/repository/shelf";
import { type TemporaryMachine, temporaryMachine } from "./temporary-machine";

let machine: TemporaryMachine;
beforeEach(() => {
  machine = temporaryMachine();
});
afterEach(() => {
  machine.remove();
});

const ITEMS = { "data/chat/log.json": "chat", "data/wiki/wiki.db": "wiki" };
const folder = (id: string): string => machine.at(`/var/lib/fleet-backups/${id}`);
const keep = (
  id: string,
  texts: Readonly<Record<string, string>> = ITEMS,
  failed: Readonly<Record<string, string>> = {},
): BackupManifest => {
  for (const [path, text] of Object.entries(texts))
    machine.write(`/var/lib/fleet-backups/${id}/${path}`, text);
  mkdirSync(folder(id), { recursive: true });
  noteOrder(machine, id);
  return writeManifest(folder(id), new Date(0), "abc", [
    ...Object.keys(texts).map((path) => ({ path })),
    ...Object.entries(failed).map(([path, reason]) => ({ path, failed: reason })),
  ]);
};
const sourcesOf = async (agreed = {}): Promise<Readonly<Record<string, string>>> =>
  Object.fromEntries(
    (await planRestore(machine, agreed, openShelf(machine))).items.map(({ item, id }) => [
      item,
      id,
    ]),
  );

const [FIRST, SECOND, THIRD] = [
  "20261121T100000Z",
  "20261121T110000Z",
  "20261121T120000Z",
] as const;

test("the newest is the one taken last, whatever the watcher's clock said", async () => {
  keep("20990101T000000Z");
  keep(FIRST);
  expect(backupIds(machine)).toEqual([FIRST, "20990101T000000Z"]);
  expect(chosen(machine, undefined)).toBe(FIRST);
  writeFileSync(machine.at("/var/lib/fleet-backups/order"), "\0damaged");
  expect(backupIds(machine)).toEqual(["20990101T000000Z", FIRST]);
});

test.each([
  ["not JSON", "{"],
  ["JSON of something else", "[1]"],
  ["without entries", '{"format":1,"at":"2026-11-21T10:00:00Z","release":"x"}'],
  [
    "with a path that leaves the folder",
    '{"format":1,"at":"2026-11-21T10:00:00Z","release":"x","entries":[{"path":"../x","link":"y"}]}',
  ],
])("a description that is %s stops neither the choice nor the list", async (_what, text) => {
  keep(FIRST);
  keep(SECOND);
  writeFileSync(`${folder(SECOND)}/manifest.json`, text);
  expect(chosen(machine, undefined)).toBe(FIRST);
  expect(await sourcesOf()).toEqual({ "data/chat/log.json": FIRST, "data/wiki/wiki.db": FIRST });
  expect(list(machine).map(({ damaged }) => damaged !== undefined)).toEqual([true, false]);
});

test("where no backup is whole, nothing is restored in silence: the damage is named, and what is whole is offered", async () => {
  for (const id of [FIRST, SECOND]) {
    keep(id);
    writeFileSync(`${folder(id)}/data/chat/log.json`, "rotten");
  }
  const { refused, lost } = await planRestore(machine, {}, openShelf(machine));
  expect(lost).toEqual(["data/chat/log.json"]);
  expect(refused).toContain(
    "no backup that can be restored as it stands has data/chat/log.json whole",
  );
  expect(refused).toContain(`whole: data/wiki/wiki.db of ${SECOND}`);
  expect(
    (await planRestore(machine, { partial: true }, openShelf(machine))).refused,
  ).toBeUndefined();
});

test("of each item the newest whole copy is taken, and the folder composed of them is whole", async () => {
  keep(FIRST);
  keep(SECOND, { "data/wiki/wiki.db": "newer" }, { "data/chat/log.json": "it was locked" });
  const plan = await planRestore(machine, {}, openShelf(machine));
  expect(plan.refused).toBeUndefined();
  expect(await sourcesOf()).toEqual({ "data/chat/log.json": FIRST, "data/wiki/wiki.db": SECOND });
  expect(faultsOf(await compose(machine, plan))).toEqual([]);
  expect(machine.read("/var/lib/fleet-backups/.restore/data/wiki/wiki.db")).toBe("newer");
});

test("no backup at all is a fresh start, and no refusal", async () => {
  expect(await planRestore(machine, {}, openShelf(machine))).toMatchObject({ items: [], lost: [] });
  expect((await planRestore(machine, {}, openShelf(machine))).refused).toBeUndefined();
});

test("a doubtful backup is not restored unless told, pushes out no good one, and counts once it is accepted", async () => {
  keep(FIRST);
  for (const id of [SECOND, THIRD]) {
    keep(id, { "data/wiki/wiki.db": "wiki" });
    noteDoubts(machine, id, ["data/chat/log.json is gone (4 bytes before)"]);
  }
  expect(chosen(machine, undefined)).toBe(FIRST);
  expect(await sourcesOf()).toEqual({ "data/chat/log.json": FIRST, "data/wiki/wiki.db": FIRST });
  expect(await sourcesOf({ doubtful: true })).toEqual({ "data/wiki/wiki.db": THIRD });
  expect((await planRestore(machine, { doubtful: true }, openShelf(machine))).items).toMatchObject([
    { doubts: ["data/chat/log.json is gone (4 bytes before)"] },
  ]);
  letGo(machine, { keep: { hourly: 0, daily: 0, weekly: 0 } });
  expect(backupIds(machine)).toContain(FIRST);
  accept(machine, undefined);
  expect(chosen(machine, undefined)).toBe(THIRD);
});

test("backups that are all doubtful are refused, not taken for none", async () => {
  keep(FIRST);
  noteDoubts(machine, FIRST, ["x is gone"]);
  expect((await planRestore(machine, {}, openShelf(machine))).refused).toContain(
    `${FIRST} is doubtful: x is gone`,
  );
});

test("what was agreed to holds for the next restore, and for two hours", async () => {
  agree(machine, { partial: true });
  expect(agreement(machine)).toEqual({ partial: true });
  agree(machine, {});
  expect(agreement(machine)).toEqual({});
  agree(machine, { partial: true });
  await machine.sleep(3 * 3_600_000);
  expect(agreement(machine)).toEqual({});
});

const manifestOf = (sizes: Readonly<Record<string, number>>): BackupManifest => ({
  format: 1,
  at: "2026-11-21T10:00:00Z",
  release: "x",
  entries: Object.entries(sizes).map(([path, bytes]) => ({ path, bytes, sha256: "0".repeat(64) })),
});
test.each([
  ["a little less", { "data/a/x": 51 }, undefined, []],
  ["gone", {}, undefined, ["data/a is gone (100 bytes before)"]],
  ["half", { "data/a/x": 50 }, undefined, ["data/a has shrunk from 100 to 50 bytes"]],
  ["taken out of the fleet's manifest", {}, ["data/b/y"], []],
  [
    "gone and still in the fleet's manifest",
    {},
    ["data/a/x"],
    ["data/a is gone (100 bytes before)"],
  ],
])("an item that is %s, beside the backup before", (_what, sizes, expected, doubts) => {
  expect(doubtsAbout(manifestOf(sizes), manifestOf({ "data/a/x": 100 }), expected)).toEqual(doubts);
});

test("the newest two share no file: a new one links to one that has nothing in common with the newest", async () => {
  keep(FIRST);
  expect(baseFor(machine)).toBeUndefined();
  keep(SECOND);
  expect(baseFor(machine)).toBe(FIRST);
  rmSync(`${folder(SECOND)}/data/chat/log.json`);
  linkSync(`${folder(FIRST)}/data/chat/log.json`, `${folder(SECOND)}/data/chat/log.json`);
  expect(statSync(`${folder(SECOND)}/data/chat/log.json`).nlink).toBe(2);
  expect(baseFor(machine)).toBeUndefined();
});

test.each([
  ["a pipe", (path: string) => execFileSync("mkfifo", [path]), "not a regular file"],
  ["a link", (path: string) => symlinkSync("/etc/passwd", path), "is a link"],
  ["a folder", (path: string) => mkdirSync(path), "not a regular file"],
  [
    "700 MB",
    (path: string) => {
      appendFileSync(path, "");
      truncateSync(path, 700 << 20);
    },
    "734003200 bytes are more than",
  ],
])("a description that is %s is refused at once", (_what, make, reason) => {
  keep(FIRST);
  rmSync(`${folder(FIRST)}/manifest.json`);
  make(`${folder(FIRST)}/manifest.json`);
  expect(readManifest(folder(FIRST))).toEqual({ fault: expect.stringContaining(reason) });
});

test("pipes and devices in a backup are told of, and names that are not UTF-8 are kept apart", async () => {
  keep(FIRST);
  const name = (end: string): Buffer =>
    Buffer.from(`${folder(FIRST)}/data/chat/caf${end}`, "latin1");
  writeFileSync(name("\xe9"), "menu");
  writeFileSync(name("\xe8"), "other");
  writeManifest(folder(FIRST), new Date(0), "abc");
  expect(faultsOf(folder(FIRST))).toEqual([]);
  rmSync(name("\xe8"));
  execFileSync("mkfifo", [`${folder(FIRST)}/data/chat/pipe\n`]);
  expect(faultsOf(folder(FIRST))).toEqual([
    "data/chat/caf\\udce8 is missing",
    "data/chat/pipe\\n is neither file nor link",
  ]);
});
