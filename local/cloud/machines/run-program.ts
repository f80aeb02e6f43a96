import { spawn } from "node:child_process";

import { hostEnvironment, systemPath } from "../host/environment";

export type Argv = readonly [string, ...string[]];

export interface RunOptions {
  readonly input?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Called with each complete line of standard output and error as it comes. */
  readonly onLine?: (line: string) => void;
}

export interface RunResult {
  /** Exit code; 128 + signal's number is not guessed: a signal gives 255. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const lineFeeder = (onLine: (line: string) => void): ((chunk: string) => void) => {
  let rest = "";
  return (chunk) => {
    const lines = (rest + chunk).split(/\r?\n|\r/);
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(line);
  };
};

/**
 * Runs a command to its end and gives what it said, whatever its exit code. Rejects only when it
 * can't be started.
 */
export const attempt = (argv: Argv, options: RunOptions = {}): Promise<RunResult> =>
  new Promise((resolve, reject) => {
    const [command, ...args] = argv;
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: { ...(options.env ?? hostEnvironment()), PATH: systemPath() },
      stdio: ["pipe", "pipe", "pipe"],
    });
    const said = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const) {
      const feed = options.onLine && lineFeeder(options.onLine);
      child[name].setEncoding("utf8").on("data", (chunk: string) => {
        said[name] += chunk;
        feed?.(chunk);
      });
    }
    child.once("error", (error) =>
      reject(new Error(`${command}: can't be started: ${error.message}`)),
    );
    child.once("close", (code) => resolve({ code: code ?? 255, ...said }));
    // A command that doesn't read its input closes the pipe: that is its right, its exit code tells
    // the rest.
    child.stdin.on("error", () => undefined);
    child.stdin.end(options.input ?? "");
  });

/**
 * Runs a command; resolves with its standard output, rejects naming the command and its last words.
 */
export const run = async (argv: Argv, options: RunOptions = {}): Promise<string> => {
  const { code, stdout, stderr } = await attempt(argv, options);
  if (code === 0) return stdout;
  const words = (stderr.trim() || stdout.trim()).split("\n").slice(-3).join(" / ");
  throw new Error(`${argv.join(" ").slice(0, 200)}: exit ${code}: ${words}`);
};
