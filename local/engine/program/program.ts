import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { Writable } from "node:stream";

import { EngineError } from "../errors";
import type { Sink } from "../events/events";
import type { Project } from "../project/project";
import type { NodeOptions } from "../project/project-file";
import type { StackConfig } from "../project/stack-config";

/** The runner says with this code that it has told the user already what was wrong. */
const TOLD = 32;
const LAUNCH = join(__dirname, "launch.cjs");

const runnerOf = (folder: string): string => {
  try {
    return join(
      createRequire(join(folder, "package.json")).resolve("@pulumi/pulumi/package.json"),
      "../cmd/run",
    );
  } catch {
    throw new EngineError(`${folder}: @pulumi/pulumi is not installed. Run: npm ci`);
  }
};

/** What runs: a file, or a folder, which then is the working directory too. */
export const programFolder = (project: Project): string => resolve(project.folder, project.main);

/** What it still says after it has been stopped is only its surprise at that. */
const relay = (child: ChildProcess, sink: Sink, stopped: AbortSignal): void => {
  for (const [stream, severity] of [
    [child.stdout, "info"],
    [child.stderr, "info#err"],
  ] as const) {
    if (stream)
      createInterface({ input: stream }).on("line", (line) => {
        if (line.trim() !== "" && !stopped.aborted) sink.diagnostic(severity, line);
      });
  }
};

/**
 * A program must not outlive an engine that was killed: it would wait for answers for ever. Linux
 * ends it with its parent where setpriv asks for that.
 */
const boundToUs = (): [string, string[]] => {
  const setpriv = "/usr/bin/setpriv";
  return process.platform === "linux" && existsSync(setpriv)
    ? [setpriv, ["--pdeathsig", "KILL", "--", process.execPath]]
    : [process.execPath, []];
};

export interface ProgramOptions {
  readonly stack: string;
  readonly dryRun: boolean;
  readonly parallel: number;
  readonly abort: AbortSignal;
}

const argumentsFor = (
  project: Project,
  address: string,
  { stack, dryRun, parallel }: ProgramOptions,
): string[] => {
  const main = programFolder(project);
  const isFile = existsSync(main) && /\.[cm]?[jt]s$/.test(main);
  return [
    "--monitor",
    address,
    "--engine",
    address,
    "--project",
    project.name,
    "--stack",
    stack,
    "--organization",
    "organization",
    "--root-directory",
    project.folder,
    "--pwd",
    isFile ? project.folder : main,
    ...(dryRun ? ["--dry-run"] : []),
    "--parallel",
    String(parallel),
    isFile ? main : ".",
  ];
};

interface Started {
  readonly child: ChildProcess;
  /** Its exit code; null where a signal has ended it. */
  readonly ended: Promise<number | null>;
}

/** A process that loads Pulumi's SDK and then waits for what to run. */
const start = ({ folder, nodeArgs, typescript }: NodeOptions): Started => {
  const [command, before] = boundToUs();
  const runner = runnerOf(folder);
  const child = spawn(command, [...before, "--require", LAUNCH, ...nodeArgs, runner], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe", "pipe"],
    env: {
      ...process.env,
      SECOND_SERVER_RUNNER: runner,
      PULUMI_NODEJS_TYPESCRIPT: String(typescript),
      NODE_NO_WARNINGS: process.env["NODE_NO_WARNINGS"] ?? "1",
    },
  });
  const ended = new Promise<number | null>((settle, reject) => {
    child.once("error", (error) =>
      reject(new EngineError(`the program could not be started: ${error.message}`)),
    );
    child.once("close", settle);
  });
  // Looked at when it is run; until then nobody waits for it.
  ended.catch(() => {});
  return { child, ended };
};

let ahead: Started | undefined;

/** Starts a process that the next `runProgram` takes, so that it loads while the engine does. */
export const startAhead = (options: NodeOptions): void => {
  ahead = start(options);
};

/** Ends one that nothing has taken. */
export const stopAhead = (): void => {
  ahead?.child.kill("SIGKILL");
};

/** What launch.cjs waits for: the runner's arguments, and what to add to its environment. */
interface Orders {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

const order = (child: ChildProcess, orders: Orders): void => {
  const pipe = child.stdio[3];
  if (!(pipe instanceof Writable)) throw new Error("the program was started without its pipe");
  // One that has ended takes no more orders: its exit code says why.
  pipe.on("error", () => {});
  pipe.end(`${JSON.stringify(orders)}\n`);
};

/**
 * Runs the program to its end; resolves with what went wrong: undefined for nothing, "" where the
 * user has been told already.
 */
export const runProgram = async (
  project: Project,
  config: StackConfig,
  address: string,
  options: ProgramOptions,
  sink: Sink,
): Promise<string | undefined> => {
  if (options.abort.aborted) return "";
  const { child, ended } = ahead ?? start(project);
  ahead = undefined;
  relay(child, sink, options.abort);
  const stop = (): void => {
    child.kill("SIGKILL");
  };
  options.abort.addEventListener("abort", stop);
  order(child, {
    argv: argumentsFor(project, address, options),
    env: {
      PULUMI_CONFIG: JSON.stringify(config.values),
      PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(config.secretKeys),
    },
  });
  const code = await ended.finally(() => options.abort.removeEventListener("abort", stop));
  if (code === 0) return undefined;
  if (code === TOLD) return "";
  return code === null
    ? "an unhandled error occurred: the program was killed"
    : `an unhandled error occurred: Program exited with non-zero exit code: ${code}`;
};
