import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, test } from "@jest/globals";

import { isKept, prunePackages } from "../../../../../local/cloud/network/package-cache";

test("packages that nobody has asked for in thirty days go, wherever they lie; those in use stay", async () => {
  const cache = await mkdtemp(join(tmpdir(), "packages-"));
  const now = Date.now(),
    days = (count: number): Date => new Date(now - count * 86_400_000);
  const pool = join(cache, "debian", "pool");
  try {
    await mkdir(pool, { recursive: true });
    for (const [name, age] of [
      ["old.deb", 31],
      ["recent.deb", 29],
      ["asked.deb", 31],
    ] as const) {
      await writeFile(join(pool, name), "");
      await utimes(join(pool, name), days(age), days(age));
    }
    expect([
      await isKept(join(pool, "asked.deb"), now),
      await isKept(join(pool, "never.deb"), now),
    ]).toEqual([true, false]);
    await prunePackages(cache, now);
    expect((await readdir(pool)).sort()).toEqual(["asked.deb", "recent.deb"]);
    await prunePackages(join(cache, "nowhere"), now);
  } finally {
    await rm(cache, { recursive: true });
  }
});
