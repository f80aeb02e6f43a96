import type { Command } from "commander";

import { askAgent } from "../access/ssh";
import { type CommonOptions, common, contextOf } from "../context";
import { runningLab } from "../lab";

export const define = (command: Command): void => {
  common(command)
    .argument("[service]", "one service's only")
    .addHelpText(
      "after",
      "\nWritten on the primary, and only ever added to: releases in force, refused, failed and undone, restarts, maintenance; with who asked for it.",
    )
    .action(async (service: string | undefined, options: CommonOptions) => {
      const context = contextOf(options);
      if (context.local) await runningLab(context, "history");
      const words = [
        "history",
        ...(service === undefined ? [] : [service]),
        ...(context.json ? ["--json"] : []),
      ];
      process.exitCode = (await askAgent(context, words)).code;
    });
};
