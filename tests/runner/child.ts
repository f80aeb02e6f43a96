import { type ChildProcess, spawn } from "node:child_process";
import { join, resolve } from "node:path";

export const ROOT = resolve(__dirname, "../..");
export const bin = (name: string): string => join(ROOT, "node_modules/.bin", name);
export const say = (text: string): void => console.log(text);

/** Somebody wants the run to end: no further child begins. */
export class Interrupted extends Error {}

/** What an interrupted child gets for its own clean-up before it is killed. */
const PATIENCE_MS = 15_000;
let current: ChildProcess | null = null;
let interruption: NodeJS.Signals | null = null;

const onSignal = (signal: NodeJS.Signals): void => {
  if (interruption === null) say(`tests/run: ${signal}: ending.`);
  const child = current;
  child?.kill(interruption === null ? signal : "SIGKILL");
  interruption ??= signal;
  setTimeout(() => child?.kill("SIGKILL"), PATIENCE_MS).unref();
};

/**
 * From here on the first signal ends the run with its clean-up and its closing line; a second one
 * does not wait for the child.
 */
export const heedSignals = (): void => {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, onSignal);
};

/**
 * Runs a program with this terminal; resolves with null when it ended well, else with how it ended
 * ("exit code 1", "SIGKILL").
 */
export const run = async (
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<string | null> => {
  if (interruption !== null) throw new Interrupted(interruption);
  const end = await new Promise<string | null>((settle) => {
    current = spawn(command, [...args], {
      cwd: ROOT,
      stdio: "inherit",
      env: { ...process.env, ...env },
    });
    current.once("error", (error) => settle(error.message));
    current.once("close", (code, signal) =>
      settle(code === 0 ? null : (signal ?? `exit code ${code}`)),
    );
  });
  current = null;
  if (interruption !== null) throw new Interrupted(interruption);
  return end;
};
