import { resolve } from "node:path";

import type { Command } from "commander";
import { z } from "zod";

import { sshCapture } from "../access/ssh";
import { download } from "../backup/download";
import { type Selection, agentWords, onMachine, sendBackup } from "../backup/export";
import { momentOf } from "../backup/when";
import { type CommonOptions, type Context, common, contextOf } from "../context";
import { cannotRun, failed } from "../errors";
import { runningLab } from "../lab";
import { type Reporter, reporterFor } from "../progress/reporter";
import { stepsOf } from "../progress/steps";

interface Options extends CommonOptions {
  at?: string;
  doubtful?: boolean;
  dryRun?: boolean;
  file?: string;
  item?: string;
  table?: string;
  to?: string;
  undo?: boolean;
}

/**
 * A path below the service's folder; one that leaves it, or is spelled otherwise, names nothing in
 * a backup.
 */
const pathOf = ({ item, file }: Options): string | undefined => {
  if (item !== undefined && file !== undefined)
    throw cannotRun("fleet restore: say --item or --file, not both: each is a path of its own.");
  const path = file ?? item;
  if (path?.split("/").some((part) => part === "" || part === "." || part === ".."))
    throw cannotRun(
      `fleet restore: ${JSON.stringify(path)} is no path below the service's folder, such as uploads/a.png.`,
    );
  return path;
};

/** Before anything is asked of a machine. */
const check = (service: string, { undo, dryRun, to, at, ...options }: Options): void => {
  if (!/^[\w-]+$/.test(service))
    throw cannotRun(
      `fleet restore: ${JSON.stringify(service)} is no service's name, as in fleet.yaml.`,
    );
  pathOf(options);
  checkTable({ ...options, ...(to !== undefined && { to }), ...(dryRun && { dryRun }) });
  if (at !== undefined) momentOf(at);
  if (undo && [dryRun, to, at, options.item, options.file, options.table].some(Boolean))
    throw cannotRun(
      "fleet restore: --undo stands alone: it puts back all that the last restore replaced.",
    );
  if (to !== undefined && dryRun)
    throw cannotRun("fleet restore: --to only copies files to this machine: leave --dry-run out.");
};

const checkTable = ({ table, file, to, dryRun }: Options): void => {
  if (table !== undefined && [file, to, dryRun].some(Boolean))
    throw cannotRun(
      "fleet restore: --table stands with --at, --item and --doubtful only: a table has no file of its own to be compared or copied.",
    );
};

const putBackReplaced = async (context: Context, service: string): Promise<string> => {
  try {
    return await sshCapture(context, "primary", agentWords(["restore", service, "--undo"]));
  } catch (error) {
    throw failed((error as Error).message);
  }
};

const onlyWords = (path: string | undefined): readonly string[] =>
  path === undefined ? [] : ["--only", path];

const putBack = async (
  context: Context,
  service: string,
  further: readonly string[],
  selection: Selection,
): Promise<string> => {
  const words = agentWords(["restore", service, ...further]);
  const { from, taken } = await sendBackup(
    context,
    selection,
    await onMachine(context, "primary", words),
  );
  return [from, taken].filter((text) => text !== "").join("\n");
};

const differenceSchema = z.object({
  comesBack: z.array(z.string()),
  changes: z.array(z.string()),
  goes: z.array(z.string()),
  same: z.number(),
  unreadable: z.array(z.string()),
});

/** Sent and checked as for a restore, and compared with what is there at this moment. */
const dryRun = async (
  context: Context,
  service: string,
  path: string | undefined,
  selection: Selection,
): Promise<string> => {
  const words = agentWords(["restore", service, "--dry-run", ...onlyWords(path)]);
  const { from, taken } = await sendBackup(
    context,
    selection,
    await onMachine(context, "primary", words),
  );
  const answer = taken.split("\n").at(-1) ?? "";
  const { same, unreadable, ...lists } = differenceSchema.parse(JSON.parse(answer));
  const lines = [
    ...lists.comesBack.map((one) => `  comes back: ${one}`),
    ...lists.changes.map((one) => `  changes: ${one}`),
    ...lists.goes.map((one) => `  goes: ${one}`),
    ...unreadable.map((one) => `  can't be compared: ${one}`),
  ];
  return [
    `${from}, beside what is there now; ${same} files are the same:`,
    ...(lines.length > 0 ? lines : ["  nothing would change"]),
  ].join("\n");
};

const run = async (context: Context, service: string, options: Options): Promise<string> => {
  if (options.undo) return await putBackReplaced(context, service);
  const path = pathOf(options);
  const selection: Selection = {
    ...(options.at !== undefined && { at: momentOf(options.at) }),
    paths: [`data/${service}${path === undefined ? "" : `/${path}`}`],
    doubtful: options.doubtful ?? false,
    databases: options.table !== undefined,
  };
  if (options.dryRun) return await dryRun(context, service, path, selection);
  const { table } = options;
  const further = [...onlyWords(path), ...(table === undefined ? [] : ["--table", table])];
  if (options.to === undefined) return await putBack(context, service, further, selection);
  const folder = resolve(options.to);
  const { from, files } = await download(context, selection, folder);
  return `${from}\n${files} files are in ${folder}, each checked.`;
};

const labelOf = (service: string, { undo: back, dryRun: isDry, to }: Options): string => {
  if (back) return `put back what the last restore of ${service} replaced`;
  if (to !== undefined) return `download ${service}`;
  return isDry ? `what a restore of ${service} would change` : `restore ${service}`;
};

const act = async (
  context: Context,
  service: string,
  options: Options,
  reporter: Reporter,
): Promise<void> => {
  const said = await stepsOf(reporter, "restore")(labelOf(service, options), () =>
    run(context, service, options),
  );
  reporter.say(said.replaceAll(/[^\P{C}\n]/gu, "?"));
  reporter.event({ type: "restore", service, said });
};

export const define = (command: Command): void => {
  common(command)
    .argument("<service>", "whose data")
    .option("--at <time>", "as of then: a backup, a date, or so long ago (30m, 2h, 3d)")
    .option("--item <path>", "one item of its data, as in fleet.yaml")
    .option("--file <path>", "one file or folder of it, below the service's data folder")
    .option("--table <name>", "one table of its database; the rest of it is not touched")
    .option("--to <folder>", "into a folder of this machine; nothing on the servers changes")
    .option("--dry-run", "only say what would change")
    .option("--doubtful", "a doubtful backup too: such as lacks what the one before had")
    .option("--undo", "put back what the last restore of this service replaced")
    .addHelpText(
      "after",
      "\nFrom the watcher's backups, each file checked. The service stops for a moment; visitors reach it again once it is healthy with that data, else its own data comes back.\nA service that is no longer in fleet.yaml can be had with --to, for as long as `keep` says.\nExamples: ./fleet restore comments --at 2h --dry-run      ./fleet restore comments --undo\nExit codes: 0 done; 1 it failed, and all is as it was before; 2 wrong usage.",
    )
    .action(async (service: string, options: Options) => {
      check(service, options);
      const context = contextOf(options);
      if (context.local) await runningLab(context, "restore");
      const reporter = reporterFor(process.stdout, context.json);
      try {
        await act(context, service, options, reporter);
      } finally {
        reporter.close();
      }
    });
};
