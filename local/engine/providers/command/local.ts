import { type ChildProcess, spawn } from "node:child_process";

import { codeOf } from "../../errors";
import { isList, type Props } from "../../values/value";
import type { Lookup } from "../provider";
import { text } from "../provider";
import { collector, commandKind, previousOutput, type Ran, type Runner, strings } from "./shared";

/**
 * A command that is stopped is stopped with all that it has started: it leads a process group of
 * its own.
 */
const endWith = (signal: AbortSignal, child: ChildProcess): void => {
  const { pid } = child;
  if (pid === undefined) return;
  const stop = (): void => {
    try {
      process.kill(-pid, "SIGKILL");
    } catch (error) {
      if (codeOf(error) !== "ESRCH") throw error;
    }
  };
  if (signal.aborted) {
    stop();
    return;
  }
  signal.addEventListener("abort", stop, { once: true });
  child.once("close", () => signal.removeEventListener("abort", stop));
};

const failureOf = (code: number | null, signal: string | null): string | undefined => {
  if (code === 0) return undefined;
  return code === null ? `signal: ${signal}` : `exit status ${code}`;
};

const interpreterOf = ({ interpreter }: Props): readonly string[] => {
  const words = isList(interpreter) ? interpreter.flatMap((word) => text(word) ?? []) : [];
  return words.length > 0 ? words : ["/bin/sh", "-c"];
};

const run: Runner = async (command, inputs, previous, work) => {
  const [interpreter = "/bin/sh", ...words] = interpreterOf(inputs);
  const output = collector(inputs, work);
  const child = spawn(interpreter, [...words, command], {
    cwd: text(inputs["dir"]) ?? process.cwd(),
    stdio: ["pipe", "pipe", "pipe"],
    detached: true,
    env: { ...process.env, ...strings(inputs["environment"]), ...previousOutput(inputs, previous) },
  });
  child.stdout.on("data", output.stdout.push);
  child.stderr.on("data", output.stderr.push);
  // A command that does not read its stdin may be gone before it is written.
  child.stdin.on("error", () => {});
  child.stdin.end(text(inputs["stdin"]) ?? "");
  const end = await new Promise<string | undefined>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve(failureOf(code, signal)));
    endWith(work.signal, child);
  });
  if (work.signal.aborted)
    throw new Error(
      `The operation was aborted: running ${JSON.stringify(command)}:\n${output.all()}`,
    );
  const said: Ran = { stdout: output.stdout.end(), stderr: output.stderr.end() };
  if (end !== undefined)
    throw new Error(`${end}: running ${JSON.stringify(command)}:\n${output.all()}`);
  return said;
};

const UNSUPPORTED = ["assetPaths", "archivePaths"];

export const localCommand = commandKind(run, (given) => ({
  inputs: given,
  failures: UNSUPPORTED.filter((property) => given[property] !== undefined).map((property) => ({
    property,
    reason: "is not supported by the embedded engine. Read the file in the program instead.",
  })),
}));

/** command.local.run: runs at every preview and update. */
export const localRun: Lookup = async (args, work) => {
  const found = UNSUPPORTED.find((property) => args[property] !== undefined);
  if (found) throw new Error(`command.local.run: ${found} is not supported by the embedded engine`);
  const said = await run(
    text(args["command"]) ?? "",
    args,
    { stdout: "", stderr: "" },
    { ...work, status: () => {} },
  );
  return { ...args, ...said };
};
