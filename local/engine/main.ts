import { EngineError, messageOf } from "./errors";
import { HELP, readArguments } from "./operations/options";
import { perform } from "./operations/perform";

const main = async (): Promise<number> => {
  const args = readArguments(process.argv.slice(2));
  if (args.help) {
    process.stdout.write(HELP);
    return 0;
  }
  return await perform(args);
};

main().then(
  (code) => { process.exitCode = code; },
  (error: unknown) => {
    process.stderr.write(`error: ${error instanceof EngineError ? error.message : ((error as Error).stack ?? messageOf(error))}\n`);
    process.exitCode = error instanceof EngineError ? error.exitCode : 255;
  },
);
