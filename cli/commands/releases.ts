import type { Command } from "commander";

import { askAgent } from "../access/ssh";
import { type CommonOptions, common, contextOf } from "../context";
import { runningLab } from "../lab";

export const define = (command: Command): void => {
  common(command)
    .argument("[service]", "one service's only")
    .addHelpText(
      "after",
      "\nThe newest five of each service are kept on the primary. Back to one: ./fleet rollback SERVICE RELEASE",
    )
    .action(async (service: string | undefined, options: CommonOptions) => {
      const context = contextOf(options);
      if (context.local) await runningLab(context, "releases");
      const words = [
        "releases",
        ...(service === undefined ? [] : [service]),
        ...(context.json ? ["--json"] : []),
      ];
      process.exitCode = (await askAgent(context, words)).code;
    });
};
