import { spawn } from "node:child_process";
import { join } from "node:path";

import type { MendTools } from "./drill";

interface ProgressEvent {
  readonly type: string;
  readonly key?: string;
  readonly label?: string;
  readonly detail?: string;
  readonly seconds?: number;
  readonly failed?: boolean;
}

/** Shows a step of the command as if it were one of ours. */
const pass = (reporter: MendTools["reporter"], word: string, event: ProgressEvent): void => {
  const key = `${word}:${event.key}`;
  const { label = "", detail, seconds = 0, failed = false } = event;
  if (event.type === "running") reporter.running(key, label, detail);
  else if (event.type === "cleared") reporter.clear(key);
  else if (event.type === "done") reporter.done(key, label, seconds, { failed, detail });
};

/** None where a command prints one document over several lines: preview does. */
const eventsIn = (line: string): readonly ProgressEvent[] => {
  if (!line.startsWith('{"time":')) return [];
  return [JSON.parse(line) as ProgressEvent];
};

/**
 * The `fleet` command that the owner types, as a process of its own; resolves with its exit code
 * and what it complained of.
 */
export const runFleet = async (
  { context, reporter }: MendTools,
  words: readonly string[],
  folder: string = context.project,
): Promise<{ readonly code: number; readonly complaints: string }> => {
  const child = spawn(
    join(folder, "fleet"),
    [...words, "--state", context.paths.state, "--stack", context.stack, "--json"],
    { cwd: folder, stdio: ["ignore", "pipe", "pipe"] },
  );
  let buffered = "";
  let complaints = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    const lines = (buffered + chunk).split("\n");
    buffered = lines.pop() ?? "";
    for (const event of lines.flatMap(eventsIn)) pass(reporter, words[0] ?? "", event);
  });
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    complaints += chunk;
  });
  const code = await new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status) => resolve(status ?? 130));
  });
  return { code, complaints: complaints.trim() };
};

/** The command has to succeed; rejects with its own words where it does not. */
export const mustFleet = async (tools: MendTools, ...words: readonly string[]): Promise<void> => {
  const { code, complaints } = await runFleet(tools, words);
  if (code !== 0) throw new Error(`./fleet ${words.join(" ")} ended with ${code}: ${complaints}`);
};
