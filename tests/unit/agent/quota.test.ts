import { expect, test } from "@jest/globals";

import type { BackupManifest } from "../../../agent/backup/manifest";
import { withinQuota } from "../../../agent/backup/quota";

const GIB = 1024 ** 3;
const backup = (
  sizes: Readonly<Record<string, number | readonly [number, number]>>,
): BackupManifest => ({
  format: 1,
  at: "2026-11-21T10:00:00Z",
  release: "x",
  items: Object.keys(sizes).map((path) => ({ path })),
  entries: Object.entries(sizes).map(([path, size]) => ({
    path,
    sha256: "0".repeat(64),
    ...(typeof size === "number" ? { bytes: size } : { bytes: size[0], stored: size[1] }),
  })),
});

test("a service that outgrows its quota is left out and told by name; the others come", () => {
  const told = backup({ "data/wiki/wiki.db": 5 * GIB, "data/chat/log.json": 10, letsencrypt: 1 });
  const { manifest, without, refused } = withinQuota(told, undefined, {});
  expect(refused).toBeUndefined();
  expect(without).toEqual(["data/wiki"]);
  expect(manifest.entries.map(({ path }) => path)).toEqual(["data/chat/log.json", "letsencrypt"]);
  expect(manifest.items).toEqual([
    { path: "data/wiki/wiki.db", failed: expect.stringContaining("services.wiki.quota") },
    { path: "data/chat/log.json" },
    { path: "letsencrypt" },
  ]);
});

test.each([
  ["four times what it was", 8 * GIB, {}, []],
  ["more than that", 8 * GIB + 1, {}, ["data/wiki"]],
  ["more than that, and the owner's word is higher", 9 * GIB, { wiki: 10 * GIB }, []],
  ["little, and the owner's word is lower", 100, { wiki: 99 }, ["data/wiki"]],
])("data that takes %s", (_what, bytes, services, without) => {
  const before = backup({ "data/wiki/wiki.db": 2 * GIB, "data/rest/x": 9 * GIB });
  expect(withinQuota(backup({ "data/wiki/wiki.db": bytes }), before, { services }).without).toEqual(
    without,
  );
});

test("holes count for nothing: a file of 2 TiB that takes a block is one of a block", () => {
  const told = backup({ "data/wiki/wiki.db": [2048 * GIB, 4096] });
  expect(withinQuota(told, undefined, {})).toEqual({ manifest: told, without: [] });
});

test("a backup that is larger in all than it may be is refused, with the key that allows it", () => {
  const told = backup({ "data/a/x": GIB, "data/b/x": GIB, "data/c/x": 1 });
  expect(withinQuota(told, undefined, {}).refused).toContain("backups.quota");
  expect(withinQuota(told, undefined, { bytes: 3 * GIB }).refused).toBeUndefined();
  expect(withinQuota(told, backup({ "data/a/x": GIB }), {}).refused).toBeUndefined();
});
