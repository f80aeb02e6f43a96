import type { Command } from "commander";

import { askObservatory } from "../access/observatory";
import { type CommonOptions, common, contextOf } from "../context";
import { runningLab } from "../lab";

export const define = (command: Command): void => {
  common(command)
    .argument("<incident>", "its number, as on the status page")
    .option("--snooze <minutes>", "be quiet about it for so long only")
    .addHelpText(
      "after",
      "\nNo more reminders about the incident; the all-clear still comes.\nExit codes: 0 done; 1 it is not open, or the Observatory does not answer.",
    )
    .action(async (incident: string, options: CommonOptions & { snooze?: string }) => {
      const context = contextOf(options);
      if (context.local) await runningLab(context, "ack");
      process.exitCode = await askObservatory(
        context,
        options.snooze === undefined
          ? ["ack", incident]
          : ["snooze", incident, "--minutes", options.snooze],
      );
    });
};
