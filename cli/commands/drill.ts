import { writeFileSync } from "node:fs";

import { type Command, Option } from "commander";

import type { MendTools } from "../../drills/drill";
import { defaultHistory, earlierRuns, rememberRun, type Run } from "../../drills/journal";
import { DRILLS, misfit } from "../../drills/list";
import { mendLeftOver, rehearse } from "../../drills/rehearse";
import { renderReport } from "../../drills/report";
import { renderRun, renderSummary } from "../../drills/timeline";
import { type CommonOptions, type Context, common, contextOf } from "../context";
import { chosen, type Choice, type Programme } from "../drill-choice";
import { mailerOf } from "../drill-mail";
import { type Scheduler, SCHEDULERS, writeSchedule } from "../drill-schedule";
import { cannotRun, failed } from "../errors";
import { runningLab } from "../lab";
import { withLock } from "../lock";
import { loadManifest } from "../manifest";
import { reporterFor } from "../progress/reporter";

interface Options extends CommonOptions, Choice {
  readonly report?: string;
  readonly history?: string;
  readonly mail?: string;
  readonly schedule?: Scheduler;
}

/** As a shell says that a command was ended by SIGINT. */
const INTERRUPTED = 130;

const listed = (json: boolean): string =>
  json
    ? JSON.stringify(DRILLS.map(({ name, summary, expects }) => ({ name, summary, expects })))
    : DRILLS.map(({ name, summary }) => `${name.padEnd(24)} ${summary}`).join("\n");

/**
 * One after the other; a drill that has failed ends with the fleet as it was, so the next one can
 * begin.
 */
const runAll = async (
  { entries, until }: Programme,
  tools: MendTools,
  history: string,
  runs: Run[],
  signal: AbortSignal,
): Promise<void> => {
  let leftOut: string | undefined;
  for await (const entry of entries) {
    if (signal.aborted || Date.now() > until) break;
    const why = misfit(entry, tools.fleet);
    if (why !== undefined) {
      leftOut = why;
      tools.reporter.say(`\n${why}`);
      continue;
    }
    const run = await rehearse(entry, tools, signal);
    rememberRun(history, run);
    tools.reporter.say(renderRun(run));
    runs.push(run);
  }
  if (runs.length === 0 && leftOut !== undefined) throw cannotRun(`fleet drill: ${leftOut}`);
};

type Mailer = Awaited<ReturnType<typeof mailerOf>>;

/** The report as a page, with the figures of the runs before these beside them. */
const pageOf = (runs: readonly Run[], history: string, { fleet }: MendTools): string => {
  const earlier = earlierRuns(history).filter(
    (one) => !runs.some(({ began }) => began === one.began),
  );
  return renderReport({ fleet: fleet.name, runs, earlier, now: new Date() });
};

/** Whatever has ended the drills is told as well, and then thrown on. */
const mailing = async (
  mailer: Mailer | undefined,
  runs: readonly Run[],
  history: string,
  tools: MendTools,
  work: () => Promise<void>,
): Promise<void> => {
  let trouble: string | undefined;
  try {
    await work();
  } catch (error) {
    trouble = error instanceof Error ? error.message : String(error);
    throw error;
  } finally {
    const fleet = tools.fleet.name;
    await mailer?.({ fleet, runs, page: pageOf(runs, history, tools), trouble });
    if (mailer) tools.reporter.say("The result is mailed.");
  }
};

const perform = async (
  context: Context,
  programme: Programme,
  tools: MendTools,
  mailer: Mailer | undefined,
  { report, history = defaultHistory(context) }: Options,
): Promise<void> => {
  const runs: Run[] = [];
  const interruption = new AbortController();
  const interrupt = (): void => {
    tools.reporter.say("\nInterrupted: mending what is broken. A moment.");
    interruption.abort();
  };
  process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
  try {
    await mendLeftOver(context, DRILLS, tools);
    if (programme.said !== undefined) tools.reporter.say(programme.said);
    await mailing(mailer, runs, history, tools, () =>
      runAll(programme, tools, history, runs, interruption.signal),
    );
    if (runs.length > 1) tools.reporter.say(renderSummary(runs));
    if (report !== undefined) {
      writeFileSync(report, pageOf(runs, history, tools));
      tools.reporter.say(`\nThe report is in ${report}.`);
    }
    if (interruption.signal.aborted) process.exitCode = INTERRUPTED;
    const bad = runs.filter(({ ok }) => !ok);
    if (bad.length > 0 && !interruption.signal.aborted)
      throw failed(
        bad
          .map(({ drill, seconds, error }) => `fleet drill ${drill}: after ${seconds} s: ${error}`)
          .join("\n"),
      );
  } finally {
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
  }
};

export const define = (command: Command): void => {
  common(command)
    .argument("[names...]", "drills' names, or list")
    .option("--all", "every drill, one after the other")
    .option("--random", "one drill, whichever")
    .option("--chaos <minutes>", "one after the other at random, for so long")
    .option("--at-once <number>", "with --chaos: 2, two that don't hide each other at a time")
    .option("--seed <number>", "with --chaos: the order that was played with this seed")
    .option("--soak <minutes>", "break nothing for so long; not one mail may come")
    .option("--load <programs>", "with --soak: so many programs that want all of this host")
    .option("--mend", "only put right what a drill has left broken")
    .option("--report <file>", "write what was seen as one HTML page")
    .option("--mail <stack>", "mail the result by this stack's relay, to its addresses")
    .addOption(
      new Option(
        "--schedule <what>",
        "write the files of a weekly --all, for systemd of this machine or for GitHub's CI",
      ).choices(SCHEDULERS),
    )
    .option(
      "--history <file>",
      "where runs are remembered, as JSON lines (default: in the state folder, gone with destroy)",
    )
    .addHelpText(
      "after",
      "\nEach drill says what must be seen, breaks one real thing, waits, puts it back and prints the timeline; all the while a writer posts comments, and each one that was acknowledged has to be there in the end. A drill that fails, or is interrupted, ends with the fleet as it was.\nExit codes: 0 everything came back; 1 something a user relies on did not; 2 it can't run here; 130 interrupted.",
    )
    .action(async (names: readonly string[], options: Options) => {
      const context = contextOf(options);
      if (options.schedule !== undefined) {
        const schedule = { project: context.project, mailBy: options.mail };
        console.log(writeSchedule(options.schedule, schedule).join("\n"));
        return;
      }
      const programme = chosen(names, options, new Date());
      if (programme === undefined) {
        console.log(listed(context.json));
        return;
      }
      const { lab } = await runningLab(context, "drill");
      const fleet = await loadManifest(context);
      const mailer = options.mail === undefined ? undefined : await mailerOf(context, options.mail);
      const reporter = reporterFor(process.stdout, context.json);
      try {
        const tools = { context, lab, fleet, reporter };
        await withLock(
          context,
          `drill ${programme.title}`,
          () => perform(context, programme, tools, mailer, options),
          "drill",
        );
      } finally {
        reporter.close();
      }
    });
};
