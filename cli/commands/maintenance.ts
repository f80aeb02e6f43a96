import type { Command } from "commander";

import { askObservatory } from "../access/observatory";
import { type CommonOptions, common, contextOf } from "../context";
import { runningLab } from "../lab";

export const define = (command: Command): void => {
  common(command)
    .argument("<title>", "what is being done")
    .option("--minutes <n>", "for so long", "30")
    .option("--service <name...>", "only these services")
    .option("--end", "it is done")
    .addHelpText(
      "after",
      "\nWhat fails meanwhile is recorded and shown, and nobody is told unless it outlasts the window.",
    )
    .action(
      async (
        title: string,
        options: CommonOptions & { minutes: string; service?: string[]; end?: boolean },
      ) => {
        const context = contextOf(options);
        if (context.local) await runningLab(context, "maintenance");
        const services = (options.service ?? []).flatMap((name) => ["--service", name]);
        process.exitCode = await askObservatory(context, [
          "maintenance",
          title,
          ...(options.end ? ["--end"] : ["--minutes", options.minutes, ...services]),
        ]);
      },
    );
};
