import { execFileSync } from "node:child_process";
import {
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";

import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import type { Release } from "@second-server/contract/release";
import Database from "libsql";

import { writeManifest } from "../../../agent/backup/manifest";
import { receive } from "../../../agent/backup/receive";
import { restore as restoreFrom, undoRestore } from "../../../agent/backup/restore";
import { recordApplied } from "../../../agent/record";
import { release } from "./sample";
import { type TemporaryMachine, temporaryMachine } from "./temporary-machine";

const DROPS = "/var/lib/fleet/drops/drops.db";
const PAGES = "/var/lib/fleet/wiki/pages";
const URLS = { drops: "http://127.0.0.1:8101/health", wiki: "http://127.0.0.1:8102/health" };
const data = (service: string, kind: "sqlite" | "directory", path: string) => ({
  service,
  unit: `fleet-${service}.service`,
  owner: `svc-${service}`,
  kind,
  path,
});
const probe = (service: "drops" | "wiki") => ({
  service,
  unit: `fleet-${service}.service`,
  url: URLS[service],
  status: 200,
  timeoutSeconds: 1,
});
const inForce: Release = release({
  trees: [],
  units: [],
  data: [data("drops", "sqlite", DROPS), data("wiki", "directory", PAGES)],
  probes: [probe("drops"), probe("wiki")],
});

let machine: TemporaryMachine;
/** What is done to a backup on its way. */
let onItsWay: (folder: string) => void;
const arrive = async (): Promise<void> => {
  const made = machine.at("/sent");
  cpSync(machine.at("/backup"), made, { recursive: true, preserveTimestamps: true });
  onItsWay(made);
  execFileSync("tar", ["-cf", machine.at("/sent.tar"), "-C", made, "."]);
  rmSync(made, { recursive: true });
  const file = openSync(machine.at("/sent.tar"), "r");
  try {
    await receive(machine, file);
  } finally {
    closeSync(file);
  }
};
const restore = (on: TemporaryMachine, service: string): Promise<void> =>
  restoreFrom(on, { service }, arrive);
const database = (path: string, ...statements: readonly string[]): void => {
  mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  const base = new Database(path);
  for (const statement of statements) base.exec(statement);
  base.close();
};
const rows = (table: string): unknown[] => {
  const base = new Database(machine.at(DROPS), { readonly: true });
  try {
    return base
      .prepare(`SELECT id FROM ${table} ORDER BY id`)
      .all()
      .map((row) => (row as { id: unknown }).id);
  } finally {
    base.close();
  }
};

beforeEach(() => {
  machine = temporaryMachine();
  recordApplied(machine, "a".repeat(64), inForce);
  for (const url of Object.values(URLS)) machine.pages.set(url, { status: 200, body: "" });
  const backup = machine.at("/backup");
  database(
    `${backup}/data/drops/drops.db`,
    "CREATE TABLE drops (id INTEGER PRIMARY KEY AUTOINCREMENT, text)",
    "CREATE INDEX by_text ON drops (text)",
    "CREATE TABLE visits (id)",
    "INSERT INTO drops (text) VALUES ('then'), ('then')",
    "INSERT INTO visits VALUES (1)",
  );
  machine.write("/backup/data/wiki/pages/one", "then");
  machine.write("/backup/data/wiki/pages/two", "then");
  writeManifest(backup, new Date(Date.UTC(2026, 10, 21, 10)), "abc");
  onItsWay = () => undefined;
  database(
    machine.at(DROPS),
    "CREATE TABLE visits (id)",
    "INSERT INTO visits VALUES (1), (2), (3)",
  );
  machine.write(`${PAGES}/one`, "now");
  machine.write(`${PAGES}/three`, "now");
});
afterEach(() => {
  machine.remove();
});

const pages = (): Readonly<Record<string, string | undefined>> =>
  Object.fromEntries(
    ["one", "two", "three"].map((name) => [
      name,
      existsSync(machine.at(`${PAGES}/${name}`)) ? machine.read(`${PAGES}/${name}`) : undefined,
    ]),
  );
const NOW = { one: "now", two: undefined, three: "now" };
const THEN = { one: "then", two: "then", three: undefined };

test("a service gets the backup's data, another keeps its own, and --undo puts back and forth", async () => {
  await restore(machine, "wiki");
  expect(pages()).toEqual(THEN);
  expect(rows("visits")).toEqual([1, 2, 3]);
  await undoRestore(machine, "wiki");
  expect(pages()).toEqual(NOW);
  await undoRestore(machine, "wiki");
  expect(pages()).toEqual(THEN);
  await expect(undoRestore(machine, "drops")).rejects.toThrow("the last restore was of wiki");
  expect(pages()).toEqual(THEN);
});

test("no visitor reaches it before it is healthy: nginx is held off, the data changes, the service starts and is asked, nginx comes back", async () => {
  machine.ran.length = 0;
  await restore(machine, "wiki");
  const order = machine.ran.filter((line) =>
    /^(nft -f|nft delete|systemctl (stop|start) --)/.test(line),
  );
  expect(order).toEqual([
    "nft delete table inet fleet_restore",
    "nft -f -",
    "systemctl stop -- fleet-wiki.service",
    "systemctl start -- fleet-wiki.service",
    "nft delete table inet fleet_restore",
  ]);
});

test("where the service is not healthy with it, its own data is back, it runs, visitors are let in, and it fails", async () => {
  const sick: TemporaryMachine = {
    ...machine,
    ask: async (url) =>
      pages().one === "then" ? { status: 500, body: "" } : await machine.ask(url, 1000),
  };
  await expect(restore(sick, "wiki")).rejects.toThrow("what was there before was put back");
  expect(pages()).toEqual(NOW);
  expect(machine.ran.at(-1)).toBe("nft delete table inet fleet_restore");
  expect(machine.ran.filter((line) => line.startsWith("systemctl start"))).toHaveLength(2);
});

test("after a restore that failed there is nothing to undo: what users write from then on stays", async () => {
  const sick: TemporaryMachine = {
    ...machine,
    ask: async (url) =>
      pages().one === "then" ? { status: 500, body: "" } : await machine.ask(url, 1000),
  };
  await expect(restore(sick, "wiki")).rejects.toThrow("it serves again");
  machine.write(`${PAGES}/one`, "later");
  await expect(undoRestore(machine, undefined)).rejects.toThrow("nothing has been restored here");
  expect(pages()).toEqual({ ...NOW, one: "later" });
});

test("what can't be put back either is told with the first reason, and kept for the next one", async () => {
  let isFull = false;
  const sick: TemporaryMachine = {
    ...machine,
    ask: () => {
      isFull = true;
      return Promise.resolve({ status: 500, body: "" });
    },
    run: (argv, ...rest) =>
      isFull && argv[0] === "python3"
        ? Promise.resolve({ code: 1, stdout: "", stderr: "No space left on device" })
        : machine.run(argv, ...rest),
  };
  await expect(restore(sick, "wiki")).rejects.toThrow(/status 500[^]*No space left on device/);
  await undoRestore(machine, "wiki");
  expect(pages()).toEqual(NOW);
});

test("of a service whose version before has left a second process to visitors, that one stops as well", async () => {
  machine.write("/run/fleet/handed-over/wiki", "");
  machine.ran.length = 0;
  await restore(machine, "wiki");
  const stops = machine.ran.filter((line) => line.startsWith("systemctl stop"));
  expect(stops).toEqual([
    "systemctl stop -- fleet-wiki@next.service",
    "systemctl stop -- fleet-wiki.service",
  ]);
});

test("a service that its own data has made sick gets the backup's, also after a restore that was cut short", async () => {
  const sick: TemporaryMachine = {
    ...machine,
    ask: async (url) =>
      pages().one === "then" ? await machine.ask(url, 1000) : { status: 500, body: "" },
  };
  await restore(sick, "wiki");
  const state = "/var/lib/fleet-agent/before-restore/.aside.json";
  machine.write(state, machine.read(state).replace('"replacing":false', '"replacing":true'));
  await restore(sick, "wiki");
  expect(pages()).toEqual(THEN);
  expect(machine.said.join()).toContain("it is not healthy with that");
});

test("a database with its write-ahead log, which is kept and comes back with it", async () => {
  const base = new Database(machine.at(DROPS));
  base.exec(
    "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; INSERT INTO visits VALUES (4)",
  );
  for (const end of ["", "-wal"]) cpSync(machine.at(`${DROPS}${end}`), machine.at(`/copy${end}`));
  base.close();
  for (const end of ["", "-wal"]) cpSync(machine.at(`/copy${end}`), machine.at(`${DROPS}${end}`));
  await restore(machine, "drops");
  expect(existsSync(machine.at(`${DROPS}-wal`))).toBe(false);
  expect(rows("visits")).toEqual([1]);
  await undoRestore(machine, "drops");
  expect(rows("visits")).toEqual([1, 2, 3, 4]);
});

test("an undoing that was cut short goes on from what it had put away", async () => {
  await restore(machine, "wiki");
  const before = machine.at("/var/lib/fleet-agent/before-restore");
  execFileSync("mv", [before, `${before}.undo`]);
  await undoRestore(machine, "wiki");
  expect(pages()).toEqual(NOW);
});

test("an item whose name begins as a database's is put back and forth as any other", async () => {
  const files = data("drops", "directory", `${DROPS}-files`);
  recordApplied(machine, "b".repeat(64), { ...inForce, data: [...inForce.data, files] });
  const page = `${DROPS}-files/one`;
  machine.write("/backup/data/drops/drops.db-files/one", "then");
  writeManifest(machine.at("/backup"), new Date(Date.UTC(2026, 10, 21, 10)), "abc");
  machine.write(page, "now");
  await restoreFrom(machine, { service: "drops", only: "drops.db-files/one" }, arrive);
  for (const text of ["now", "then"]) {
    await undoRestore(machine, "drops");
    expect(machine.read(page)).toBe(text);
  }
});

test("what was damaged on its way replaces nothing", async () => {
  onItsWay = (folder) => {
    writeFileSync(`${folder}/data/wiki/pages/one`, "rotten");
  };
  await expect(restore(machine, "wiki")).rejects.toThrow("data/wiki/pages/one is damaged");
  expect(pages()).toEqual(NOW);
});

test("a service that is not in fleet.yaml is refused before anything arrives", async () => {
  onItsWay = () => {
    throw new Error("nothing was to be read");
  };
  await expect(restore(machine, "chat")).rejects.toThrow("Known: drops, wiki");
});

test("one file of a folder: the rest of the folder stays, and one that was not there goes again by --undo", async () => {
  const of = (only: string) => restoreFrom(machine, { service: "wiki", only }, arrive);
  await of("pages/two");
  expect(pages()).toEqual({ ...NOW, two: "then" });
  await undoRestore(machine, "wiki");
  expect(pages()).toEqual(NOW);
  await of("pages");
  expect(pages()).toEqual(THEN);
  await expect(of("page")).rejects.toThrow("Items: pages");
  await expect(of("pages/../../drops/drops.db")).rejects.toThrow("is no item of wiki");
});

test("a restore that was cut short in the middle is undone before the next one begins: what it was replacing is not lost", async () => {
  await restore(machine, "wiki");
  // As a power cut leaves it: set aside, half of it replaced.
  const state = "/var/lib/fleet-agent/before-restore/.aside.json";
  machine.write(state, machine.read(state).replace('"replacing":false', '"replacing":true'));
  machine.write(`${PAGES}/one`, "half");
  await restore(machine, "drops");
  expect(pages()).toEqual(NOW);
  expect(rows("visits")).toEqual([1]);
  expect(machine.said.join()).toContain("was cut short");
});

test("--undo of a restore that was cut short puts back what it was replacing, once", async () => {
  await restore(machine, "wiki");
  const state = "/var/lib/fleet-agent/before-restore/.aside.json";
  machine.write(state, machine.read(state).replace('"replacing":false', '"replacing":true'));
  await undoRestore(machine, "wiki");
  expect(pages()).toEqual(NOW);
  await expect(undoRestore(machine, "wiki")).rejects.toThrow("nothing has been restored here");
  expect(pages()).toEqual(NOW);
});

test("a dry run says what would come back, change and go, and touches nothing", async () => {
  const answer = jest.spyOn(console, "log").mockImplementation(() => undefined);
  machine.ran.length = 0;
  await restoreFrom(machine, { service: "wiki", dry: true }, arrive);
  expect(JSON.parse(String(answer.mock.calls.at(-1)))).toEqual({
    comesBack: ["wiki/pages/two"],
    changes: ["wiki/pages/one"],
    goes: ["wiki/pages/three"],
    same: 0,
    unreadable: [],
  });
  answer.mockRestore();
  expect(pages()).toEqual(NOW);
  expect(machine.ran.filter((line) => line.startsWith("systemctl"))).toEqual([]);
});

describe("one table", () => {
  const of = (table: string, service = "drops") => restoreFrom(machine, { service, table }, arrive);
  const sql = (text: string): unknown => {
    const base = new Database(machine.at(DROPS));
    try {
      return base.prepare(text).all();
    } finally {
      base.close();
    }
  };

  test("that was dropped comes back with its indexes and numbers, the rest of the database stays, and --undo takes it away", async () => {
    await of("drops");
    expect(rows("drops")).toEqual([1, 2]);
    expect(rows("visits")).toEqual([1, 2, 3]);
    expect(sql("SELECT name FROM sqlite_master WHERE type = 'index'")).toEqual([
      { name: "by_text" },
    ]);
    expect(machine.said.join()).toContain("table drops: 2 rows");
    expect(readdirSync(machine.at("/var/lib/fleet/drops"))).toEqual(["drops.db"]);
    await undoRestore(machine, "drops");
    expect(() => rows("drops")).toThrow("no such table");
    expect(rows("visits")).toEqual([1, 2, 3]);
  });

  test("that has other rows by now has those of then, each under the number that it had", async () => {
    await of("visits");
    expect(rows("visits")).toEqual([1]);
    expect(sql("SELECT name FROM sqlite_master WHERE name = 'drops'")).toEqual([]);
  });

  test.each([
    ["visitors", "drops", "the backup has no table visitors; it has: drops, visits"],
    ["visits", "wiki", "only an item of the kind sqlite has tables; what there is: pages"],
  ])(
    "%j of %s is refused by its reason, and nothing is changed",
    async (table, service, reason) => {
      await expect(of(table, service)).rejects.toThrow(reason);
      expect(rows("visits")).toEqual([1, 2, 3]);
      expect(pages()).toEqual(NOW);
    },
  );
});
