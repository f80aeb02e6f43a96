import type { Command } from "commander";

import { askAgent } from "../access/ssh";
import { type CommonOptions, common, contextOf } from "../context";
import { runningLab } from "../lab";
import { withLock } from "../lock";
import { report } from "./agent-report";

export const define = (command: Command): void => {
  common(command)
    .argument("<service>", "whose")
    .argument("[release]", "which of `releases`; the one before, when left out")
    .addHelpText(
      "after",
      "\nWithout a request lost, as a deploy. The next `up` brings what fleet.yaml says.\nExit codes: 0 that release serves; 1 it was refused or failed, and the one before serves; 2 it can't run here.",
    )
    .action(async (service: string, release: string | undefined, options: CommonOptions) => {
      const context = contextOf(options);
      if (context.local) await runningLab(context, "rollback");
      const outcome = await withLock(context, `rollback ${service}`, () =>
        askAgent(context, ["rollback", service, ...(release === undefined ? [] : [release])], {
          isCaptured: context.json,
        }),
      );
      report(context, "rollback", { service }, outcome);
    });
};
