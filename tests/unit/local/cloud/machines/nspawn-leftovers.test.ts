import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, test } from "@jest/globals";

import { removeNspawnLeftovers } from "../../../../../local/cloud/machines/nspawn-leftovers";

test("what a killed nspawn left goes, another machine's stays, and where nspawn never ran there is nothing to do", async () => {
  const state = mkdtempSync(join(tmpdir(), "second-server-nspawn-"));
  try {
    await removeNspawnLeftovers(() => true, state);
    for (const folder of ["unix-export/ssa-m1", "unix-export/ssa-m10", "propagate/ssa-m1/inside"])
      mkdirSync(join(state, folder), { recursive: true });
    await removeNspawnLeftovers((machine) => machine === "ssa-m1", state);
    expect([
      readdirSync(join(state, "unix-export")),
      readdirSync(join(state, "propagate")),
    ]).toEqual([["ssa-m10"], []]);
  } finally {
    rmSync(state, { recursive: true, force: true });
  }
});
