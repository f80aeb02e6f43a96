import type { Command } from "commander";

import { askObservatory } from "../access/observatory";
import { type CommonOptions, common, contextOf } from "../context";
import { runningLab } from "../lab";

export const define = (command: Command): void => {
  common(command)
    .option("--force", "send it even when all is well")
    .action(async (options: CommonOptions & { force?: boolean }) => {
      const context = contextOf(options);
      if (context.local) await runningLab(context, "report");
      process.exitCode = await askObservatory(context, [
        "report",
        ...(options.force ? ["--force"] : []),
      ]);
    });
};
