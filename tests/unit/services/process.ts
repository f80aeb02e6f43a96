import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { buildSync } from "esbuild";

import { exitOf } from "../../fixtures/exit-of";
import { freePort } from "../../fixtures/free-port";

const PROJECT = resolve(__dirname, "../../..");

export interface Running {
  readonly url: string;
  /** How it ended after SIGTERM. */
  stop(): Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
}

const answers = async (url: string, child: ChildProcess, said: () => string): Promise<void> => {
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`it ended with ${child.exitCode ?? child.signalCode}: ${said()}`);
    try {
      if ((await fetch(url)).ok) return;
    } catch {
      await new Promise((wake) => {
        setTimeout(wake, 20);
      });
    }
  }
};

/**
 * Starts a service as its unit does: bundled, in a folder of its own, told its port and data by the
 * environment.
 */
export const start = async (name: string): Promise<Running> => {
  const folder = mkdtempSync(join(tmpdir(), `service-${name}-`));
  const data = join(folder, "data");
  mkdirSync(data);
  const source = join(PROJECT, "services", name);
  const python = name === "health";
  if (!python)
    buildSync({
      entryPoints: [join(source, "main.ts")],
      outfile: join(folder, "main.js"),
      bundle: true,
      platform: "node",
      target: "node20",
      format: "cjs",
      external: ["libsql"],
      logLevel: "silent",
    });
  const port = await freePort();
  const environment = {
    PATH: process.env["PATH"],
    PORT: String(port),
    HOST: "127.0.0.1",
    DATA_DIR: data,
    NODE_PATH: join(PROJECT, "node_modules"),
  };
  const child = python
    ? spawn("python3", ["-B", "main.py"], { cwd: source, env: environment })
    : spawn(process.execPath, ["--max-semi-space-size=1", "--max-old-space-size=48", "main.js"], {
        cwd: folder,
        env: environment,
      });
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const url = `http://127.0.0.1:${port}`;
  const stop = async () => {
    child.kill("SIGTERM");
    const [code, signal] = await exitOf(child);
    rmSync(folder, { recursive: true, force: true });
    return { code, signal };
  };
  try {
    await answers(`${url}/health`, child, () => said);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, stop };
};
