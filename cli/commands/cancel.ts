import type { Command } from "commander";

import { type CommonOptions, common, contextOf } from "../context";
import { chooseEngine, passThrough } from "../engine/spawn";

export const define = (command: Command): void => {
  common(command)
    .option("--engine <name>", "embedded or pulumi")
    .addHelpText(
      "after",
      "\nUse it when `up` says that the stack is locked by an operation that is no longer running.",
    )
    .action(async (options: CommonOptions & { engine?: string }) => {
      const context = contextOf(options);
      process.exitCode = await passThrough(context, chooseEngine(options.engine), [
        "cancel",
        "--yes",
      ]);
    });
};
