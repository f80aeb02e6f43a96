import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "@jest/globals";
import Database from "libsql";

import { Drops } from "../../../services/dead-drop/drops";

let folder: string;
let drops: Drops;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dead-drop-"));
  drops = new Drops(folder);
});
afterEach(() => {
  drops.close();
  rmSync(folder, { recursive: true });
});

test("a question after its health changes nothing of what it keeps", () => {
  drops.put("a secret", Date.now() + 60_000);
  const look = (): readonly unknown[] =>
    ["drops.db", "drops.db-wal"].map((name) => {
      const { size, mtimeNs } = statSync(join(folder, name), { bigint: true });
      return [name, size, mtimeNs];
    });
  const before = look();
  for (let left = 3; left > 0; left--) drops.probe();
  expect([look(), drops.count()]).toEqual([before, 1]);
});

test("it is not healthy while somebody holds its database", () => {
  const other = new Database(join(folder, "drops.db"));
  other.exec("BEGIN IMMEDIATE");
  expect(() => drops.probe()).toThrow(/locked/);
  other.exec("ROLLBACK");
  other.close();
  expect(() => drops.probe()).not.toThrow();
});
