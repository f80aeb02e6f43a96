import { resolve } from "node:path";

import type { Command } from "commander";

import { sshCapture } from "../access/ssh";
import { download } from "../backup/download";
import { agentWords } from "../backup/export";
import { momentOf } from "../backup/when";
import { type CommonOptions, type Context, common, contextOf } from "../context";
import { failed } from "../errors";
import { runningLab } from "../lab";
import { reporterFor } from "../progress/reporter";

/** Opens the context, and the lab where that is the cloud. */
const ready = async (options: CommonOptions): Promise<Context> => {
  const context = contextOf(options);
  if (context.local) await runningLab(context, "backup");
  return context;
};

const onWatcher = async (context: Context, words: readonly string[]): Promise<string> => {
  try {
    return await sshCapture(context, "watcher", agentWords(["backup", ...words]));
  } catch (error) {
    throw failed((error as Error).message);
  }
};

/** A question to the watcher's agent, whose answer is printed as it is. */
const ask = async (options: CommonOptions, words: readonly string[]): Promise<void> => {
  const context = await ready(options);
  const answer = await onWatcher(context, [...words, ...(context.json ? ["--json"] : [])]);
  process.stdout.write(answer);
};

/** Work on the watcher that takes its time. */
const work = async (
  options: CommonOptions,
  words: readonly string[],
  label: string,
): Promise<void> => {
  const context = await ready(options);
  const reporter = reporterFor(process.stdout, context.json);
  const began = Date.now();
  try {
    reporter.running("backup", label);
    const said = await onWatcher(context, words);
    reporter.done("backup", label, (Date.now() - began) / 1000, { failed: false });
    reporter.say(said.trim());
    reporter.event({ type: "backup", said: said.trim() });
  } finally {
    reporter.close();
  }
};

const defineDownload = (command: Command): void => {
  common(command.command("download"))
    .description("copy a backup, or one service of it, into a folder of this machine")
    .argument("[id]", "a backup; without one the newest good one")
    .requiredOption("--to <folder>", "an empty folder, or one that is not there yet")
    .option("--service <name>", "this service's data only")
    .option("--doubtful", "doubtful ones too")
    .action(
      async (
        id: string | undefined,
        options: CommonOptions & { to: string; service?: string; doubtful?: boolean },
      ) => {
        const context = await ready(options);
        const reporter = reporterFor(process.stdout, context.json);
        const [label, began] = ["download", Date.now()];
        try {
          reporter.running("backup", label);
          const folder = resolve(options.to);
          const { from, files } = await download(
            context,
            {
              ...(id !== undefined && { at: momentOf(id) }),
              paths: options.service === undefined ? [] : [`data/${options.service}`],
              doubtful: options.doubtful ?? false,
            },
            folder,
          );
          reporter.done("backup", label, (Date.now() - began) / 1000, { failed: false });
          reporter.say(
            `${files} files ${from.split("\n").at(-1) ?? ""} are in ${folder}, each checked.`,
          );
          reporter.event({ type: "download", files, folder });
        } finally {
          reporter.close();
        }
      },
    );
};

export const define = (command: Command): void => {
  common(command.command("now"))
    .description("have the watcher pull, verify and keep a backup now")
    .action((options: CommonOptions) => work(options, ["pull"], "a backup of the primary"));
  common(command.command("offsite"))
    .description("have the watcher copy its repository to the third place now, and check it there")
    .action((options: CommonOptions) => work(options, ["offsite"], "the copy in the third place"));
  common(command.command("list"))
    .description("every backup: when it was made, how large it is, where it is, what it lacks")
    .action((options: CommonOptions) => ask(options, ["list"]));
  common(command.command("show"))
    .description("what is in one backup, item by item; every file with --json")
    .argument("[id]", "a backup; without one the newest")
    .action((id: string | undefined, options: CommonOptions) =>
      ask(options, ["show", ...(id === undefined ? [] : [id])]),
    );
  common(command.command("diff"))
    .description("what one backup has otherwise than another")
    .argument("<from>", "a backup")
    .argument("[to]", "another; without one the newest")
    .action((from: string, to: string | undefined, options: CommonOptions) =>
      ask(options, ["diff", from, ...(to === undefined ? [] : [to])]),
    );
  common(command.command("verify"))
    .description("check every file of one backup, or of all, and every byte of the repository")
    .argument("[id]", "a backup; without one all")
    .action((id: string | undefined, options: CommonOptions) =>
      work(options, ["verify", ...(id === undefined ? [] : [id])], "verify"),
    );
  common(command.command("test"))
    .description("restore the newest of the repository beside, and look at every file and database")
    .action((options: CommonOptions) => work(options, ["test"], "a restore for a test"));
  defineDownload(command);
  command.addHelpText(
    "after",
    "\nBackups are on the watcher, as plain folders and in an encrypted repository.\nTo put one back: ./fleet restore SERVICE.\nExit codes: 0 done; 1 something is wrong with a backup, or the watcher does not answer; 2 wrong usage.",
  );
};
