import { existsSync } from "node:fs";

import type { Command } from "commander";

import { type CommonOptions, common, contextOf } from "../context";
import { cloudFolder } from "../engine/forget";
import { loadLab, progressTo, requireLocal } from "../lab";
import { withLock } from "../lock";
import { reporterFor } from "../progress/reporter";

export const define = (command: Command): void => {
  common(command).action(async (options: CommonOptions) => {
    const context = contextOf(options);
    requireLocal(context, "down");
    if (!existsSync(cloudFolder(context))) {
      console.log(
        context.json
          ? JSON.stringify({ type: "down", state: context.paths.state, found: false })
          : `There is no local DigitalOcean in ${context.paths.state}: nothing to stop.`,
      );
      return;
    }
    const reporter = reporterFor(process.stdout, context.json);
    try {
      const lab = await loadLab();
      await withLock(context, "down", () => lab.stop(context.paths, progressTo(reporter)));
      reporter.event({ type: "down", state: context.paths.state });
      reporter.say(
        "The machines are off and their state is kept. ./fleet up brings them back; ./fleet destroy removes them.",
      );
    } finally {
      reporter.close();
    }
  });
};
