import type { Command } from "commander";

import { refuseShutOut } from "../access/admin-from";
import { type CommonOptions, common, contextOf } from "../context";
import { refuseSmallerDisks } from "../disk-size";
import { chooseEngine, passThrough } from "../engine/spawn";
import { previewAdoption } from "../existing-zone";
import { failoverNow, failoverText } from "../failover";
import { loadManifest } from "../manifest";
import { refuseOtherFleet } from "../other-fleet";
import { pushedText } from "../pushed";
import { removedServices } from "../removed-services";
import { previewLosses } from "../replacement";

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
      const fleet = await loadManifest(context);
      refuseShutOut(fleet, context);
      await refuseOtherFleet(context, fleet);
      await refuseSmallerDisks(context, fleet);
      const flags = [
        ...(context.json ? ["--json"] : []),
        ...(options.diff ? ["--diff"] : []),
        ...(options.refresh ? ["--refresh"] : []),
        ...(options.expectNoChanges ? ["--expect-no-changes"] : []),
      ];
      const engine = chooseEngine(options.engine);
      await previewAdoption(context, fleet, (text) => console.error(text));
      const standing = await failoverNow(context, fleet);
      if (standing?.active === "watcher")
        console.error(`${failoverText(standing)} Where the names lead is left alone.`);
      const code = await passThrough(context, engine, ["preview", ...flags]);
      process.exitCode = code === 0 ? 0 : 1;
      // What the engine has refused to plan has been said.
      if (code !== 0 && !options.expectNoChanges) return;
      const { leftOutOf } = await import("../../config/load");
      for (const words of leftOutOf(context.project, fleet)) console.error(words);
      const looks = options.refresh ? ["--refresh"] : [];
      const losses = await previewLosses(context, fleet, engine, looks);
      const removed = await removedServices(context, fleet);
      if (removed !== undefined) console.error(removed);
      const pushed = await pushedText(context, fleet);
      if (pushed !== undefined) console.error(pushed);
      // Not on stdout, which is the engine's document with --json.
      for (const words of losses) console.error(words);
    });
};
