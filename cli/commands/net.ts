import type { Command } from "commander";

import { type CommonOptions, common, contextOf } from "../context";
import { runningLab } from "../lab";
import { runInherited } from "../run";

export const define = (command: Command): void => {
  common(command)
    .argument("<command...>", "command and its arguments, after --")
    .passThroughOptions()
    .addHelpText(
      "after",
      "\nExample: ./fleet net -- curl https://blog.example.test/\nExit code: the command's own.",
    )
    .action(async (argv: string[], options: CommonOptions) => {
      const context = contextOf(options);
      const { lab } = await runningLab(context, "net");
      const { command: program, args, env } = lab.inLab(context.paths, argv);
      process.exitCode = await runInherited(program, args, env);
    });
};
