import type { Command } from "commander";

import { type Context, type CommonOptions, common, contextOf } from "../context";
import { describeChanges } from "../engine/events";
import { cloudFolder, forgetStack, isForeignCloud, isThere } from "../engine/forget";
import { chooseEngine, runEngine } from "../engine/spawn";
import { failed, cannotRun } from "../errors";
import { loadLab, progressTo } from "../lab";
import { withLock } from "../lock";
import { type Reporter, reporterFor } from "../progress/reporter";
import { forgetPrimaries } from "../rebuild/settings";

interface Options extends CommonOptions {
  yes?: boolean;
  engine?: string;
}

/**
 * The local cloud itself disappears, and with it everything in it: no need to ask it to delete one
 * thing after the other.
 */
const destroyLocal = async (context: Context, reporter: Reporter): Promise<void> => {
  const { state, cache } = context.paths;
  if (isForeignCloud(context))
    throw cannotRun(
      `fleet destroy: ${cloudFolder(context)} is not a local DigitalOcean's, so nothing was removed. Give the state folder that \`up\` had: --state`,
    );
  const found = isThere(context);
  const lab = await loadLab();
  // Also where no folder is left: a crashed cloud may have left its network.
  await withLock(context, "destroy", () =>
    lab.destroy(context.paths, found ? progressTo(reporter) : () => undefined),
  );
  const kept = forgetStack(context);
  if (found) await forgetPrimaries(context);
  reporter.event({
    type: "destroyed",
    state,
    cache,
    found,
    kept,
  });
  if (!found) reporter.say(`There was no local DigitalOcean in ${state}: nothing to remove.`);
  else
    reporter.say(
      `The local DigitalOcean, its machines, its network and the stack's state (in ${state}) are gone. Only the image cache is kept: ${cache}`,
    );
  if (found && kept.length > 0)
    reporter.say(`${state} holds something else, which was left there: ${kept.join(", ")}`);
};

const destroyReal = async (
  context: Context,
  options: Options,
  reporter: Reporter,
): Promise<void> => {
  if (!options.yes)
    throw cannotRun(
      `fleet destroy: this deletes the servers of the stack "${context.stack}" and what is on them. If that is meant, add --yes.`,
    );
  const result = await withLock(context, "destroy", () =>
    runEngine(
      context,
      chooseEngine(options.engine),
      ["destroy", "--yes", "--skip-preview"],
      reporter,
    ),
  );
  if (result.exitCode !== 0)
    throw failed(`fleet destroy: it did not end well. ${result.errors.join("\n")}`);
  await forgetPrimaries(context);
  reporter.say(`Done: ${describeChanges(result.changes)}.`);
};

export const define = (command: Command): void => {
  common(command)
    .option("--yes", "needed for a stack on the real DigitalOcean")
    .option("--engine <name>", "embedded or pulumi")
    .addHelpText(
      "after",
      "\nLocally it also cleans up after a cloud that crashed or was half made, and where there is none it says so and exits 0.",
    )
    .action(async (options: Options) => {
      const context = contextOf(options);
      const reporter = reporterFor(process.stdout, context.json);
      try {
        await (context.local
          ? destroyLocal(context, reporter)
          : destroyReal(context, options, reporter));
      } finally {
        reporter.close();
      }
    });
};
