import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "@jest/globals";

import { isRestoreTestDue, testRestore } from "../../../agent/repository/restore-test";
import { forgetBrought, openShelf } from "../../../agent/repository/shelf";
import { takeIn } from "../../../agent/repository/take-in";
import { suiteWhere } from "../../fixtures/suite-where";
import { FOLDER, dropFolders, keepFolder, statusOf, watcher } from "./repository-kit";
import { makeTemplate } from "./repository-template";
import type { TemporaryMachine } from "./temporary-machine";

const ID = "20261121T100000Z";
const DATABASE = "data/drops/drops.db";

/** A database with a thousand rows in several pages. */
const makeDatabase = (path: string): void => {
  mkdirSync(dirname(path), { recursive: true });
  execFileSync("python3", [
    "-c",
    "import sqlite3, sys; base = sqlite3.connect(sys.argv[1]); base.execute('create table drops(text)');" +
      " base.executemany('insert into drops values (?)', [(str(n) * 9,) for n in range(1000)]); base.commit()",
    path,
  ]);
};

suiteWhere(
  existsSync("/usr/bin/restic") ? null : "restic is not installed",
  "a restore for a test",
  () => {
    let template: string;
    let machine: TemporaryMachine;
    const here = (path: string): string => machine.at(`${FOLDER}/${ID}/${path}`);
    /** The backup with what lies in its folder by now, in the repository alone. */
    const store = async (): Promise<void> => {
      keepFolder(machine, ID, { "data/wiki/page": "text" });
      await takeIn(machine);
      dropFolders(machine, ID);
    };
    const run = async (): Promise<void> => {
      try {
        await testRestore(machine, openShelf(machine));
      } finally {
        await forgetBrought(machine);
      }
    };
    beforeAll(() => {
      template = makeTemplate();
    });
    afterAll(() => {
      rmSync(template, { recursive: true });
    });
    beforeEach(() => {
      machine = watcher(template);
    });
    afterEach(() => {
      machine.remove();
    });

    test("of the newest backup compares every file, asks every database, and says so; it is due again in a week", async () => {
      makeDatabase(here(DATABASE));
      await store();
      expect(isRestoreTestDue(machine)).toBe(true);
      await run();
      expect(machine.said.at(-1)).toMatch(`${ID} of the repository can be restored: 2 files, `);
      expect(machine.said.at(-1)).toMatch(/each as it was; SQLite databases that are whole: 1$/);
      expect(statusOf(machine).tested).toEqual({ at: machine.now().toISOString() });
      await machine.sleep(6 * 86_400_000);
      expect(isRestoreTestDue(machine)).toBe(false);
      await machine.sleep(86_400_000 - 60_000);
      expect(isRestoreTestDue(machine)).toBe(true);
    });

    test("names a database that was copied as it was, and is damaged; it is due the next day as well", async () => {
      makeDatabase(here(DATABASE));
      const bytes = Buffer.alloc(4096, 7);
      execFileSync("dd", [`of=${here(DATABASE)}`, "bs=4096", "seek=2", "conv=notrunc"], {
        input: bytes,
        stdio: ["pipe", "ignore", "ignore"],
      });
      await store();
      await expect(run()).rejects.toThrow(
        /SQLite does not find it whole: data\/drops\/drops\.db: /,
      );
      expect(statusOf(machine).tested?.error).toContain(DATABASE);
      expect(isRestoreTestDue(machine)).toBe(true);
    });

    test("opens no database beside a rollback journal: what that names would be deleted", async () => {
      const victim = machine.at("/victim");
      writeFileSync(victim, "");
      mkdirSync(dirname(here(DATABASE)), { recursive: true });
      execFileSync("python3", ["tests/fleet/hostile/super-journal.py", here(DATABASE), victim]);
      await store();
      await run();
      expect(existsSync(victim)).toBe(true);
      expect(machine.said.at(-1)).toMatch(/databases that are whole: 0$/);
    });

    test("that can't be begun is told as well", async () => {
      await store();
      machine.write("/etc/fleet/secrets/repository-password", "another");
      await expect(run()).rejects.toThrow(/^fleet-agent backup test: [^]*wrong password/);
      expect(statusOf(machine).tested?.error).toContain("wrong password");
    });
  },
);
