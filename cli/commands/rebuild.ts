import type { Command } from "commander";

import { machineOf } from "../access/ssh";
import { type CommonOptions, common, contextOf } from "../context";
import { chooseEngine } from "../engine/spawn";
import { readResources } from "../engine/state";
import { cannotRun, failed } from "../errors";
import { withLock } from "../lock";
import { loadManifest } from "../manifest";
import { reporterFor } from "../progress/reporter";
import { ensureLab } from "../ready-lab";
import { rebuild, retire } from "../rebuild/rebuild";
import { report } from "../report-up";

interface Options extends CommonOptions {
  engine?: string;
  hold?: boolean;
  install: boolean;
  retire?: boolean;
}

export const define = (command: Command): void => {
  common(command)
    .argument("<machine>", "primary")
    .option("--hold", "stop before the new one takes over, and say how it is looked at")
    .option("--retire", "delete the other one: the old one, or a new one that is given up")
    .option("--engine <name>", "embedded or pulumi")
    .option("--no-install", "name missing Debian packages instead of installing them")
    .addHelpText(
      "after",
      "\nA second primary is made beside the one that serves, as fleet.yaml says now (another image, another size, a smaller disk): release, then data and certificates from a backup of this moment, while visitors go on. Once every service answers at its own address, writes are held for 60 s at most: requests to services with data wait while what was written since is copied, and are then answered by the new one. It takes the floating IP; the old one is powered off and kept until --retire.\nCut short, the same command goes on: until the old primary has handed on it serves, from then on the new one does. `./fleet status` says what is under way. docs/runbooks/primary-rebuilt.md.\nExit codes: 0 done; 1 something failed, and the old one serves unless it says otherwise; 2 wrong usage, or it can't run here.",
    )
    .action(async (name: string, options: Options) => {
      const context = contextOf(options);
      if (machineOf(name) !== "primary")
        throw cannotRun(
          "fleet rebuild: only the primary is made anew beside itself. The watcher: ./fleet recover watcher --force",
        );
      if (options.hold && options.retire)
        throw cannotRun("fleet rebuild: --hold and --retire: say one of them.");
      const reporter = reporterFor(process.stdout, context.json);
      try {
        const how = {
          engine: chooseEngine(options.engine),
          install: options.install,
          pace: "host",
          engineArgs: [],
          verifySeconds: 120,
          hold: options.hold ?? false,
        } as const;
        const fleet = await loadManifest(context);
        if (!(await readResources(context))?.length)
          throw cannotRun(
            `fleet rebuild: the stack "${context.stack}" has no machines yet. Make them with: ./fleet up`,
          );
        const result = await withLock(context, "rebuild", async () => {
          if (context.local)
            await ensureLab(context, { install: options.install, pace: "host" }, reporter);
          return await (options.retire
            ? retire(context, how, fleet, reporter)
            : rebuild(context, how, fleet, reporter));
        });
        if (result === undefined) return;
        report(context, fleet, result, reporter);
        if (!result.verification.ok)
          throw failed("fleet rebuild: not every service is well; see the table.");
      } finally {
        reporter.close();
      }
    });
};
