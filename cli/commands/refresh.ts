import type { Command } from "commander";

import { type CommonOptions, common, contextOf } from "../context";
import { describeChanges } from "../engine/events";
import { chooseEngine, runEngine } from "../engine/spawn";
import { failed } from "../errors";
import { runningLab } from "../lab";
import { withLock } from "../lock";
import { reporterFor } from "../progress/reporter";

export const define = (command: Command): void => {
  common(command)
    .option("--engine <name>", "embedded or pulumi")
    .action(async (options: CommonOptions & { engine?: string }) => {
      const context = contextOf(options);
      if (context.local) await runningLab(context, "refresh");
      const reporter = reporterFor(process.stdout, context.json);
      try {
        const result = await withLock(context, "refresh", () =>
          runEngine(
            context,
            chooseEngine(options.engine),
            ["refresh", "--yes", "--skip-preview"],
            reporter,
          ),
        );
        if (result.exitCode !== 0)
          throw failed(`fleet refresh: it failed. ${result.errors.join("\n")}`);
        reporter.say(`The state is what is there: ${describeChanges(result.changes)}.`);
      } finally {
        reporter.close();
      }
    });
};
