import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, test } from "@jest/globals";

import { raiseHostLimits } from "../../../../../local/cloud/machines/host-limits";

test("a limit that is too low for many machines is raised, a higher one is left alone", async () => {
  const folder = await mkdtemp(join(tmpdir(), "limits-")),
    file = join(folder, "max_user_instances");
  const after = async (before: string): Promise<string> => {
    await writeFile(file, before);
    await raiseHostLimits(file);
    return (await readFile(file, "utf8")).trim();
  };
  try {
    expect([await after("128\n"), await after("8192\n")]).toEqual(["1024", "8192"]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
