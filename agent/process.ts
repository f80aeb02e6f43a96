import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}
export interface RunOptions {
  readonly input?: string;
  /** The program reads this open file, instead of a text. */
  readonly inputFile?: number;
  /** What it says goes into this open file, instead of being collected. */
  readonly outputFile?: number;
  /** Its standard input stays open, empty, for as long as this process lives. */
  readonly holdInput?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
  /** A deadline, for the program and what it has started. */
  readonly seconds?: number;
  /** Ends it earlier. */
  readonly signal?: AbortSignal;
  /**
   * More than so many characters of output and it is ended; by default far more than any of ours
   * says.
   */
  readonly limit?: number;
}

const OUTPUT_LIMIT = 32 * 1024 * 1024;
/**
 * What coreutils' `timeout` ends with: its own code, or the signal's where the program had to be
 * killed.
 */
const TIMED_OUT: readonly number[] = [124, 137];
/** `timeout` gives the program a process group of its own, and ends the whole of it. */
export const bounded = (argv: readonly string[], seconds: number): readonly string[] => [
  "timeout",
  "--kill-after=5",
  String(seconds),
  ...argv,
];

/** Nobody but the kernel sends this one to what we run: without this line nothing says why. */
const endedBy = (signal: NodeJS.Signals | null): string =>
  signal === "SIGKILL" ? "\nit was killed, most likely for want of memory" : "";

/**
 * Runs a program to its end and collects what it says; one that is not there has the shell's code
 * for that.
 */
export const runAndCollect = (
  argv: readonly string[],
  {
    input,
    inputFile,
    outputFile,
    holdInput = false,
    environment,
    seconds,
    signal,
    limit = OUTPUT_LIMIT,
  }: RunOptions = {},
): Promise<Ran> =>
  new Promise((resolve) => {
    const [program = "", ...args] = seconds === undefined ? argv : bounded(argv, seconds);
    const child = spawn(program, args, {
      env: { ...process.env, LC_ALL: "C.UTF-8", ...environment },
      stdio: [inputFile ?? "pipe", outputFile ?? "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    const tooMuch = (): boolean => {
      if (stdout.length + stderr.length <= limit) return false;
      child.kill();
      return true;
    };
    child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
      if (!tooMuch()) stdout += chunk;
    });
    child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
      if (!tooMuch()) stderr += chunk;
    });
    const end = (): void => {
      child.kill();
    };
    if (signal?.aborted) end();
    signal?.addEventListener("abort", end, { once: true });
    // A program that ends without reading its input is no defect of ours: its exit code tells.
    child.stdin?.on("error", () => undefined);
    if (!holdInput) child.stdin?.end(input ?? "");
    child.once("error", (error) => resolve({ code: 127, stdout, stderr: error.message }));
    child.once("close", (code, killedBy) => {
      signal?.removeEventListener("abort", end);
      const late =
        seconds !== undefined && TIMED_OUT.includes(code ?? 0)
          ? `\nit did not end within ${seconds} s`
          : "";
      resolve({
        code: code ?? (killedBy ? 128 : 1),
        stdout,
        stderr: `${stderr}${late}${endedBy(killedBy)}`,
      });
    });
  });

/** The exit code of a process that was started elsewhere. */
export const ended = (child: Pick<ChildProcess, "once">): Promise<number> =>
  new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 1));
  });

/**
 * Runs a program on this process's own standard streams, for what is too large to be held here.
 * Resolves with its exit code.
 */
export const runOnOwnStreams = (
  [program = "", ...args]: readonly string[],
  environment: SpawnOptions["env"] = {},
): Promise<number> =>
  ended(spawn(program, args, { stdio: "inherit", env: { ...process.env, ...environment } }));
