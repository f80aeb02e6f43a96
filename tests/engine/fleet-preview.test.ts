import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { expect, test } from "@jest/globals";

import { parse, type Preview } from "./kit";

const ROOT = resolve(__dirname, "../..");

/** No cloud anywhere: a preview of a fleet that is still to be made asks none. */
const preview = async (
  stack: string,
  extra: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<{ code: number; stdout: string; stderr: string }> => {
  const state = mkdtempSync(join(tmpdir(), "second-server-engine-test-fleet-"));
  const inherited = { ...process.env };
  delete inherited["PULUMI_CONFIG_PASSPHRASE"];
  delete inherited["PULUMI_CONFIG_PASSPHRASE_FILE"];
  try {
    return await new Promise((done) => {
      const args = [
        "--import",
        `file://${join(ROOT, "node_modules/tsx/dist/loader.mjs")}`,
        join(ROOT, "local/engine/main.ts"),
        "preview",
        "--cwd",
        ROOT,
        "--stack",
        stack,
        ...extra,
      ];
      execFile(
        process.execPath,
        args,
        {
          env: {
            ...inherited,
            PULUMI_BACKEND_URL: `file://${state}`,
            DIGITALOCEAN_TOKEN: "none",
            DIGITALOCEAN_API_URL: "http://127.0.0.1:9",
            ...env,
          },
          maxBuffer: 64 << 20,
        },
        (error, stdout, stderr) => done({ code: error ? Number(error.code) : 0, stdout, stderr }),
      );
    });
  } finally {
    rmSync(state, { recursive: true, force: true });
  }
};

test("a fleet that is still to be made can be previewed whole", async () => {
  const { code, stdout } = await preview("local", ["--json"], {
    PULUMI_CONFIG_PASSPHRASE: "local",
  });
  expect(code).toBe(0);
  const { changeSummary, diagnostics = [] } = parse<Preview>(stdout);
  expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  expect(Object.keys(changeSummary)).toEqual(["create"]);
  expect(changeSummary["create"]).toBeGreaterThanOrEqual(50);
});

test("what can't be opened is one clear sentence, without the program's surprise at being stopped", async () => {
  const { code, stdout, stderr } = await preview("local", [], {});
  expect(code).toBe(1);
  expect(stderr).toBe(
    "error: passphrase must be set with PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE environment variables\n",
  );
  expect(stdout.trim().split("\n")).toHaveLength(1);
});
