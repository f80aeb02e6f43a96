import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { EngineError } from "../errors";
import type { Sink } from "../events/events";
import type { Project } from "../project/project";
import type { StackConfig } from "../project/stack-config";

/** The runner says with this code that it has told the user already what was wrong. */
const TOLD = 32;

const runnerOf = (project: Project): string => {
  try {
    return join(createRequire(join(project.folder, "package.json")).resolve("@pulumi/pulumi/package.json"), "../cmd/run");
  } catch {
    throw new EngineError(`${project.folder}: @pulumi/pulumi is not installed. Run: npm ci`);
  }
};

/** What runs: a file, or a folder, which then is the working directory too. */
export const programFolder = (project: Project): string => resolve(project.folder, project.main);

const environment = (project: Project, config: StackConfig): NodeJS.ProcessEnv => ({
  ...process.env, PULUMI_CONFIG: JSON.stringify(config.values), PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(config.secretKeys), PULUMI_NODEJS_TYPESCRIPT: String(project.typescript),
  NODE_NO_WARNINGS: process.env["NODE_NO_WARNINGS"] ?? "1",
});

/** What it still says after it has been stopped is only its surprise at that. */
const relay = (child: ChildProcess, sink: Sink, stopped: AbortSignal): void => {
  for (const [stream, severity] of [[child.stdout, "info"], [child.stderr, "info#err"]] as const) {
    if (stream) createInterface({ input: stream }).on("line", (line) => { if (line.trim() !== "" && !stopped.aborted) sink.diagnostic(severity, line); });
  }
};

/** A program must not outlive an engine that was killed: it would wait for answers for ever. Linux ends it with its parent where setpriv asks for that. */
const boundToUs = (): [string, string[]] => {
  const setpriv = "/usr/bin/setpriv";
  return process.platform === "linux" && existsSync(setpriv) ? [setpriv, ["--pdeathsig", "KILL", "--", process.execPath]] : [process.execPath, []];
};

export interface ProgramOptions { readonly stack: string; readonly dryRun: boolean; readonly parallel: number; readonly abort: AbortSignal }

/** Runs the program to its end; resolves with what went wrong: null for nothing, "" where the user has been told already. */
export const runProgram = async (project: Project, config: StackConfig, address: string, options: ProgramOptions, sink: Sink): Promise<string | null> => {
  if (options.abort.aborted) return "";
  const main = programFolder(project);
  const isFile = existsSync(main) && /\.[cm]?[jt]s$/.test(main);
  const args = [
    ...project.nodeArgs, runnerOf(project), "--monitor", address, "--engine", address, "--project", project.name, "--stack", options.stack, "--organization", "organization",
    "--root-directory", project.folder, "--pwd", isFile ? project.folder : main, ...(options.dryRun ? ["--dry-run"] : []), "--parallel", String(options.parallel), isFile ? main : ".",
  ];
  const [command, before] = boundToUs();
  const child = spawn(command, [...before, ...args], { cwd: project.folder, env: environment(project, config), stdio: ["ignore", "pipe", "pipe"] });
  relay(child, sink, options.abort);
  const stop = (): void => { child.kill("SIGKILL"); };
  options.abort.addEventListener("abort", stop);
  const code = await new Promise<number | null>((settle, reject) => {
    child.once("error", (error) => reject(new EngineError(`the program could not be started: ${error.message}`)));
    child.once("close", (exit) => settle(exit));
  });
  options.abort.removeEventListener("abort", stop);
  if (code === 0) return null;
  if (code === TOLD) return "";
  return code === null ? "an unhandled error occurred: the program was killed" : `an unhandled error occurred: Program exited with non-zero exit code: ${code}`;
};
