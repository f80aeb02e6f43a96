import { EngineError, messageOf } from "./errors";
import { HELP, readArguments } from "./operations/options";
import type * as Operations from "./operations/perform";
import { startAhead, stopAhead } from "./program/program";
import { nodeOptions, readProjectFile } from "./project/project-file";

const RUNS_THE_PROGRAM = new Set(["up", "update", "preview", "pre"]);

const loadOperations = (): typeof Operations =>
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- import() goes through tsx's other loader, which takes a quarter longer for each of the engine's files
  require("./operations/perform") as typeof Operations;

const main = async (): Promise<number> => {
  const args = readArguments(process.argv.slice(2));
  if (args.help) {
    process.stdout.write(HELP);
    return 0;
  }
  // The program's process starts before the rest of the engine is loaded: both take their time.
  if (RUNS_THE_PROGRAM.has(args.command) || args.runProgram)
    startAhead(nodeOptions(await readProjectFile(args.cwd)));
  try {
    return await loadOperations().perform(args);
  } finally {
    stopAhead();
  }
};

/** What the user can act on has no use for a stack trace. */
const textOf = (error: unknown): string => {
  if (error instanceof EngineError || !(error instanceof Error)) return messageOf(error);
  return error.stack ?? error.message;
};

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`error: ${textOf(error)}\n`);
    process.exitCode = error instanceof EngineError ? error.exitCode : 1;
  },
);
