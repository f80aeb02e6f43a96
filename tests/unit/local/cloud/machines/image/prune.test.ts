import { mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, test } from "@jest/globals";

import { pruneImages } from "../../../../../../local/cloud/machines/image/prune";

test("images that nobody used for a week go; the one in use, fresh ones and other files stay", async () => {
  const folder = await mkdtemp(join(tmpdir(), "images-"));
  const now = Date.now(),
    days = (count: number): Date => new Date(now - count * 86_400_000);
  try {
    for (const [name, age] of [
      ["used.squashfs", 30],
      ["old.squashfs", 8],
      ["recent.squashfs", 6],
      [".lock", 30],
    ] as const) {
      await writeFile(join(folder, name), "");
      await utimes(join(folder, name), days(age), days(age));
    }
    await pruneImages(join(folder, "used.squashfs"), now);
    expect((await readdir(folder)).sort()).toEqual([".lock", "recent.squashfs", "used.squashfs"]);
    // What was used today is kept for another week.
    await pruneImages(join(folder, "recent.squashfs"), now + 6 * 86_400_000);
    expect((await readdir(folder)).sort()).toEqual([".lock", "recent.squashfs", "used.squashfs"]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
