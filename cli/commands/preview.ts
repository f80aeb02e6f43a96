import type { Command } from "commander";

import { type CommonOptions, common, contextOf } from "../context";
import { chooseEngine, passThrough } from "../engine/spawn";
import { loadManifest } from "../manifest";

interface Options extends CommonOptions {
  engine?: string;
  diff?: boolean;
  refresh?: boolean;
  expectNoChanges?: boolean;
}

export const define = (command: Command): void => {
  common(command)
    .option("--diff", "every property that differs")
    .option("--refresh", "look at what is really there first (the cloud has to be running)")
    .option("--expect-no-changes", "exit 1 when something would change")
    .option("--engine <name>", "embedded or pulumi (default: pulumi where it is on PATH)")
    .addHelpText(
      "after",
      "\nNeeds neither root nor a running cloud. Exit codes: 0, or 1 when it failed or, with --expect-no-changes, something would change; 2 for a wrong manifest.",
    )
    .action(async (options: Options) => {
      const context = contextOf(options);
      await loadManifest(context);
      const flags = [
        ...(context.json ? ["--json"] : []),
        ...(options.diff ? ["--diff"] : []),
        ...(options.refresh ? ["--refresh"] : []),
        ...(options.expectNoChanges ? ["--expect-no-changes"] : []),
      ];
      const code = await passThrough(context, chooseEngine(options.engine), ["preview", ...flags]);
      process.exitCode = code === 0 ? 0 : 1;
    });
};
