import type { Command } from "commander";
import { z } from "zod";

import type { FleetFacts } from "../../config/fleet";
import { sshCapture } from "../access/ssh";
import { agentWords } from "../backup/export";
import { confirmByName } from "../confirm";
import { type CommonOptions, type Context, common, contextOf } from "../context";
import { readOutputs } from "../engine/outputs";
import { cannotRun, failed } from "../errors";
import { type KeptBackups, backupsText, keptIn } from "../kept-data";
import { runningLab } from "../lab";
import { withLock } from "../lock";
import { loadManifest } from "../manifest";
import { type Reporter, reporterFor } from "../progress/reporter";
import { stepsOf } from "../progress/steps";

interface Options extends CommonOptions {
  readonly yes?: boolean;
  readonly dryRun?: boolean;
}

interface Found {
  /** What of it is on the primary. */
  readonly places: readonly string[];
  readonly backups: KeptBackups;
}

/** Before anything is asked of a machine: what fleet.yaml names, and what runs, is never let go. */
export const refuseKept = (
  service: string,
  { services }: Pick<FleetFacts, "services">,
  served: readonly string[],
): void => {
  if (!/^[a-z][a-z0-9-]*$/.test(service))
    throw cannotRun(
      `fleet forget: ${JSON.stringify(service)} is no service's name, as in fleet.yaml.`,
    );
  const isNamed = services.some(({ name }) => name === service);
  if (isNamed || served.includes(service))
    throw cannotRun(
      `fleet forget: ${service} is ${isNamed ? "in fleet.yaml" : "still served"}. Only what is gone can be forgotten: take it out of fleet.yaml and run ./fleet up first.`,
    );
};

const ask = async (
  context: Context,
  machine: "primary" | "watcher",
  words: readonly string[],
): Promise<string> => {
  try {
    return await sshCapture(context, machine, agentWords(words));
  } catch (error) {
    const { message } = error as Error;
    throw failed(
      message.includes("usage: fleet-agent")
        ? `fleet forget: the ${machine}'s agent is of an earlier version and can't do that yet. Run: ./fleet up`
        : message,
    );
  }
};

const find = async (context: Context, service: string): Promise<Found> => {
  const [here, there] = await Promise.all([
    ask(context, "primary", ["forget", service, "--dry-run"]),
    ask(context, "watcher", ["backup", "forget", service, "--dry-run"]),
  ]);
  return { places: z.array(z.string()).parse(JSON.parse(here)), backups: keptIn(there) };
};

const linesOf = ({ places, backups }: Found): readonly string[] => [
  ...places.map((path) => `  on the primary: ${path}`),
  ...(backups.backups > 0 ? [`  on the watcher: ${backupsText(backups)}`] : []),
];

/** The watcher first: what takes long, and may fail, is told while the primary has it all. */
const letGo = async (context: Context, service: string, reporter: Reporter): Promise<void> => {
  const step = stepsOf(reporter, "forget");
  await step(`the watcher's backups without ${service}`, () =>
    ask(context, "watcher", ["backup", "forget", service]),
  );
  await step(`the primary without ${service}`, () => ask(context, "primary", ["forget", service]));
};

const act = async (
  context: Context,
  service: string,
  { yes = false, dryRun = false }: Options,
  { reporter, offsite }: { readonly reporter: Reporter; readonly offsite: boolean },
): Promise<void> => {
  const found = await find(context, service);
  const { places, backups } = found;
  const tell = (what: "nothing" | "would" | "gone", text: string): void => {
    reporter.say(text);
    reporter.event({
      type: "forget",
      service,
      what,
      places,
      backups,
    });
  };
  if (places.length === 0 && backups.backups === 0)
    return tell(
      "nothing",
      `Nothing of "${service}" is kept on either machine. What there is of others: ./fleet status`,
    );
  const lines = linesOf(found);
  if (dryRun)
    return tell("would", [`Of ${service} would be deleted, for good:`, ...lines].join("\n"));
  reporter.say([`Of ${service} is kept:`, ...lines].join("\n"));
  await confirmByName("forget", service, yes);
  await withLock(context, `forget ${service}`, () => letGo(context, service, reporter));
  tell(
    "gone",
    `${service} is gone from the primary and from the watcher's backups.${offsite ? " The third place lets it go with its next copy: tonight, or by ./fleet backup offsite. One that only takes more (offsite-append-only) keeps it." : ""}`,
  );
};

export const define = (command: Command): void => {
  common(command)
    .argument("<service>", "one that is no longer in fleet.yaml")
    .option("--dry-run", "only say what would be deleted")
    .option("--yes", "without having its name typed")
    .addHelpText(
      "after",
      "\nDeletes what a service has left on the primary, and its data in every backup, folders and repository: for good. To have it here first: ./fleet restore SERVICE --to FOLDER. What is in fleet.yaml is never forgotten. Killed or failed half-way, run it again.\nExit codes: 0 it is gone, or there was nothing; 1 it failed; 2 wrong usage, not confirmed, or the service is in fleet.yaml.",
    )
    .action(async (service: string, options: Options) => {
      const context = contextOf(options);
      const [fleet, outputs] = await Promise.all([loadManifest(context), readOutputs(context)]);
      refuseKept(service, fleet, Object.keys(outputs?.urls ?? {}));
      if (context.local) await runningLab(context, "forget");
      const reporter = reporterFor(process.stdout, context.json);
      try {
        await act(context, service, options, { reporter, offsite: fleet.offsite !== undefined });
      } finally {
        reporter.close();
      }
    });
};
