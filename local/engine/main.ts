import { EngineError, messageOf } from "./errors";
import { HELP, readArguments } from "./operations/options";
import { startAhead, stopAhead } from "./program/program";
import { nodeOptions, readProjectFile } from "./project/project-file";

const RUNS_THE_PROGRAM = new Set(["up", "update", "preview", "pre"]);

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
    const { perform } = require("./operations/perform") as typeof import("./operations/perform");
    return await perform(args);
  } finally {
    stopAhead();
  }
};

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(
      `error: ${error instanceof EngineError ? error.message : ((error as Error).stack ?? messageOf(error))}\n`,
    );
    process.exitCode = error instanceof EngineError ? error.exitCode : 1;
  },
);
