import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}
export interface RunOptions {
  readonly input?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Runs a program to its end and collects what it says; one that is not there has the shell's code for that. */
export const runAndCollect = (
  [program = "", ...args]: readonly string[],
  { input, environment }: RunOptions = {},
): Promise<Ran> =>
  new Promise((resolve) => {
    const child = spawn(program, args, {
      env: { ...process.env, LC_ALL: "C.UTF-8", ...environment },
      stdio: ["pipe", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      stdout += chunk;
    });
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
      stderr += chunk;
    });
    // A program that ends without reading its input is no defect of ours: its exit code tells.
    child.stdin.on("error", () => undefined);
    child.stdin.end(input ?? "");
    child.once("error", (error) => resolve({ code: 127, stdout, stderr: error.message }));
    child.once("close", (code, signal) =>
      resolve({ code: code ?? (signal ? 128 : 1), stdout, stderr }),
    );
  });

/** The exit code of a process that was started elsewhere. */
export const ended = (child: Pick<ChildProcess, "once">): Promise<number> =>
  new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 1));
  });

/** Runs a program on this process's own standard streams, for what is too large to be held here. Resolves with its exit code. */
export const runOnOwnStreams = (
  [program = "", ...args]: readonly string[],
  environment: SpawnOptions["env"] = {},
): Promise<number> =>
  ended(spawn(program, args, { stdio: "inherit", env: { ...process.env, ...environment } }));
