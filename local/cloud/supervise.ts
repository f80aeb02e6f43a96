import type { ChildProcess } from "node:child_process";

import { messageOf } from "./caught";

export interface HelperState {
  readonly name: string;
  /** Undefined between its end and its next start. */
  readonly pid: number | undefined;
  /** How often it has been started again. */
  readonly restarts: number;
  /** Why it last ended. */
  readonly lastEnd?: { readonly at: string; readonly how: string };
}

export interface Helper {
  state(): HelperState;
  /** Ends it for good. */
  stop(): void;
}

export interface SupervisionOptions {
  readonly name: string;
  readonly start: () => ChildProcess | Promise<ChildProcess>;
  readonly log: (line: string) => void;
}

/**
 * One that lived for less has something that keeps it from working: it is not started at once again
 * and again.
 */
const SETTLED_MS = 5_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 30_000;

const howEnded = (code: number | null, signal: NodeJS.Signals | null): string =>
  signal === null ? `exit ${code}` : signal;

/** Keeps a program running for as long as this process lives; tells of each end. */
export const supervise = ({ name, start, log }: SupervisionOptions): Helper => {
  let child: ChildProcess | undefined;
  let stopped = false;
  let restarts = -1;
  let pause = FIRST_PAUSE_MS;
  let lastEnd: HelperState["lastEnd"];

  const again = (started: number, how: string): void => {
    child = undefined;
    if (stopped) return;
    const at = new Date();
    pause =
      at.getTime() - started > SETTLED_MS ? FIRST_PAUSE_MS : Math.min(pause * 2, LONGEST_PAUSE_MS);
    lastEnd = { at: at.toISOString(), how };
    log(`${name} has ended (${how}); it is started again`);
    setTimeout(() => {
      if (!stopped) void run();
    }, pause).unref();
  };
  const run = async (): Promise<void> => {
    const started = Date.now();
    restarts++;
    try {
      const begun = await start();
      child = begun;
      if (stopped) begun.kill("SIGKILL");
      // Without a number it never began, and has no end either.
      begun.once("error", (error) => begun.pid ?? again(started, error.message));
      begun.once("exit", (code, signal) => again(started, howEnded(code, signal)));
    } catch (error) {
      again(started, messageOf(error));
    }
  };
  void run();
  return {
    state: () => ({
      name,
      pid: child?.pid,
      restarts: Math.max(restarts, 0),
      ...(lastEnd === undefined ? {} : { lastEnd }),
    }),
    stop: () => {
      stopped = true;
      child?.kill("SIGKILL");
    },
  };
};
