import type { Command } from "commander";

import { askAgent } from "../access/ssh";
import { type CommonOptions, common, contextOf } from "../context";
import { runningLab } from "../lab";
import { withLock } from "../lock";
import { report } from "./agent-report";

export const define = (command: Command): void => {
  common(command)
    .argument("<service>", "whose process")
    .addHelpText(
      "after",
      "\nVisitors notice nothing where the service can go live side by side, and wait a moment where it is held: docs/deploys.md.",
    )
    .action(async (service: string, options: CommonOptions) => {
      const context = contextOf(options);
      if (context.local) await runningLab(context, "restart");
      const outcome = await withLock(context, `restart ${service}`, () =>
        askAgent(context, ["restart", service], { isCaptured: context.json }),
      );
      report(context, "restart", { service }, outcome);
    });
};
