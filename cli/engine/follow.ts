import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";

import type { Reporter } from "../progress/reporter";
import { type EngineEvent, engineView } from "./events";

export interface EngineResult {
  readonly exitCode: number;
  readonly changes: Readonly<Record<string, number>>;
  readonly errors: readonly string[];
  readonly seconds: number;
  /** Ctrl-C: what had begun was finished and recorded, and nothing else was begun. */
  readonly interrupted: boolean;
}

/**
 * SIGHUP: the terminal is gone. Nobody reads on, but what is under way has to be recorded all the
 * same.
 */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Ctrl-C reaches the engine once and it finishes its running steps; the second one stops it at
 * once.
 */
const passInterrupts = (
  child: ChildProcess,
  reporter: Reporter,
): { readonly release: () => void; readonly count: () => number } => {
  let count = 0;
  const interrupt = (): void => {
    count += 1;
    if (count === 1) {
      reporter.say(
        "Interrupted: the running steps are finished and recorded, then it stops. Once more stops at once.",
      );
      child.kill("SIGINT");
      return;
    }
    // Its whole group: the program that the engine runs must not go on alone.
    const end = child.exitCode ?? child.signalCode ?? undefined;
    if (child.pid !== undefined && end === undefined) process.kill(-child.pid, "SIGKILL");
  };
  for (const signal of SIGNALS) process.on(signal, interrupt);
  return {
    count: () => count,
    release: () => {
      for (const signal of SIGNALS) process.off(signal, interrupt);
    },
  };
};

const parse = (line: string): EngineEvent | undefined => {
  try {
    return JSON.parse(line) as EngineEvent;
  } catch {
    return undefined;
  }
};

/**
 * When a resource fails, the program that waited for it fails too, at length: only the causes are
 * told.
 */
export const causes = (errors: readonly string[]): readonly string[] => {
  const own = [...new Set(errors)].filter(
    (error) => !/^Running program .* failed with an unhandled exception/.test(error),
  );
  return own.length > 0 ? own : [...new Set(errors)];
};

/** Runs an engine's command to its end, showing its events as they come. */
export const follow = async (
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  reporter: Reporter,
): Promise<EngineResult> => {
  const started = Date.now();
  const view = engineView(Date.now);
  const complaints: string[] = [];
  const show = (line: string): void => {
    const event = parse(line);
    if (event === undefined) {
      if (line.trim() !== "") complaints.push(line);
      return;
    }
    reporter.event({ type: "engine", event });
    for (const change of view.feed(event)) {
      if (change.kind === "running") reporter.running(change.key, change.label, change.detail);
      else if (change.kind === "clear") reporter.clear(change.key);
      else if (change.kind === "done")
        reporter.done(change.key, change.label, change.seconds, change);
      // Errors are told together at the end, where nothing scrolls them away.
      else if (change.severity === "warning") reporter.say(`warning: ${change.text}`);
    }
  };
  // A session of its own: the terminal's Ctrl-C must reach the engine once, through us, not a
  // second time by the terminal.
  const child = spawn(command, [...args], {
    env,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const interrupts = passInterrupts(child, reporter);
  createInterface({ input: child.stdout }).on("line", show);
  createInterface({ input: child.stderr }).on("line", (line) => complaints.push(line));
  try {
    const exitCode = await new Promise<number>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code, signal) => resolve(code ?? (signal === "SIGKILL" ? 137 : 130)));
    });
    // What is not an event (a wrong passphrase, a lock, a crash) is told only on failure: Node's
    // and Pulumi's warnings are noise.
    const errors =
      exitCode === 0 || view.errors.length > 0 ? causes(view.errors) : complaints.slice(-20);
    return {
      exitCode,
      changes: view.changes,
      errors,
      seconds: (Date.now() - started) / 1000,
      interrupted: interrupts.count() > 0,
    };
  } finally {
    interrupts.release();
  }
};
