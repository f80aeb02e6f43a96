import { type Command, Option } from "commander";

import { type CommonOptions, common, contextOf } from "../context";
import { chooseEngine } from "../engine/spawn";
import { cannotRun } from "../errors";
import { withLock } from "../lock";
import { loadManifest } from "../manifest";
import { personAtTerminal, upAndMend } from "../mend-drift";
import { reporterFor } from "../progress/reporter";
import { report } from "../report-up";
import { bringUp } from "../up";

interface Options extends CommonOptions {
  engine?: string;
  install: boolean;
  pace: "host" | "real";
  refresh?: boolean;
  target?: string[];
  parallel?: string;
  verifySeconds: string;
  withoutBackup?: boolean;
}

/** A number that was mistyped would otherwise only show minutes later, or never. */
const numberOf = (name: string, text: string, least: number): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least)
    throw cannotRun(`fleet up: --${name} ${text}: give a whole number from ${least} on.`);
  return value;
};

const flagsOf = ({ refresh, target, parallel }: Options): readonly string[] => [
  ...(refresh ? ["--refresh"] : []),
  ...(target ?? []).flatMap((urn) => ["--target", urn]),
  ...(parallel === undefined ? [] : ["--parallel", String(numberOf("parallel", parallel, 1))]),
];

export const define = (command: Command): void => {
  common(command)
    .option("--engine <name>", "embedded or pulumi (default: pulumi where it is on PATH)")
    .option("--no-install", "name missing Debian packages instead of installing them")
    .option("--refresh", "look at what is really there first; makes anew what is gone")
    .option("--target <urn...>", "these resources only")
    .option("--parallel <n>", "how many steps at once")
    .addOption(
      new Option("--pace <pace>", "host: as fast as this machine; real: with DigitalOcean's delays")
        .choices(["host", "real"])
        .default("host"),
    )
    .option(
      "--without-backup",
      "replace a machine although what is on it can't be saved first, or is not to be",
    )
    .option(
      "--verify-seconds <n>",
      "how long the services may take to answer at the end, besides what the slowest may take to begin (start-within)",
      "90",
    )
    .addHelpText(
      "after",
      "\nExit codes: 0 every service answered 200 over HTTPS through the floating IP and the Observatory finds each well; 1 something failed; 2 it can't run here, or fleet.yaml is wrong.\nCtrl-C finishes the running steps and stops; a second one stops at once. The next `up` goes on.",
    )
    .action(async (options: Options) => {
      const context = contextOf(options);
      const reporter = reporterFor(process.stdout, context.json);
      try {
        const how = {
          engine: chooseEngine(options.engine),
          install: options.install,
          pace: options.pace,
          engineArgs: flagsOf(options),
          withoutBackup: options.withoutBackup ?? false,
          verifySeconds: numberOf("verify-seconds", options.verifySeconds, 0),
        };
        const fleet = await loadManifest(context);
        await upAndMend({
          bringUp: async (more) => {
            const engineArgs = [...how.engineArgs, ...more];
            const result = await withLock(context, "up", () =>
              bringUp(context, fleet, { ...how, engineArgs }, reporter),
            );
            report(context, fleet, result, reporter);
            return result;
          },
          refreshed: options.refresh ?? false,
          stack: context.stack,
          ask: personAtTerminal(context.json),
        });
      } finally {
        reporter.close();
      }
    });
};
