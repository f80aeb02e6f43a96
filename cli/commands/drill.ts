import { messageOf } from "@second-server/contract/caught";
import { type Command, Option } from "commander";

import type { MendTools } from "../../drills/drill";
import { defaultHistory, earlierRuns, rememberRun, type Run } from "../../drills/journal";
import { DRILLS, misfit } from "../../drills/list";
import { mendLeftOver, rehearse } from "../../drills/rehearse";
import { renderReport } from "../../drills/report";
import { renderRun } from "../../drills/timeline";
import { type CommonOptions, type Context, common, contextOf } from "../context";
import { chosen, type Choice, type Programme } from "../drill-choice";
import { type Mailer, mailerOf, refuseRelayOf } from "../drill-mail";
import { refuseReport, tell } from "../drill-result";
import { SCHEDULERS, writeSchedule } from "../drill-schedule";
import { cannotRun, failed } from "../errors";
import { runningLab } from "../lab";
import { withLock } from "../lock";
import { loadManifest } from "../manifest";
import { reporterFor } from "../progress/reporter";

interface Options extends CommonOptions, Choice {
  readonly report?: string;
  readonly history?: string;
  readonly mail?: string;
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

/** The report as a page, with the figures of the runs before these beside them. */
const pageOf = (runs: readonly Run[], history: string, { fleet }: MendTools): string => {
  const earlier = earlierRuns(history).filter(
    (one) => !runs.some(({ began }) => began === one.began),
  );
  return renderReport({ fleet: fleet.name, runs, earlier, now: new Date() });
};

const perform = async (
  context: Context,
  programme: Programme,
  tools: MendTools,
  mailer: Mailer | undefined,
  { report, history = defaultHistory(context) }: Options,
): Promise<void> => {
  const { reporter, fleet } = tools;
  const runs: Run[] = [];
  const interruption = new AbortController();
  const interrupt = (): void => {
    reporter.say("\nInterrupted: mending what is broken. A moment.");
    interruption.abort();
  };
  process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
  try {
    await mendLeftOver(context, DRILLS, tools);
    if (programme.said !== undefined) reporter.say(programme.said);
    const [end] = await Promise.allSettled([
      runAll(programme, tools, history, runs, interruption.signal),
    ]);
    const trouble = end.status === "rejected" ? messageOf(end.reason) : undefined;
    const result = { fleet: fleet.name, runs, page: pageOf(runs, history, tools), trouble };
    const unmailed = await tell(result, { reporter, report, mailer });
    if (end.status === "rejected" && unmailed.length === 0) throw end.reason;
    if (interruption.signal.aborted) {
      process.exitCode = INTERRUPTED;
      for (const line of unmailed) console.error(line);
      return;
    }
    const bad = runs
      .filter(({ ok }) => !ok)
      .map(({ drill, seconds, error }) => `fleet drill ${drill}: after ${seconds} s: ${error}`);
    const problems = [...(trouble === undefined ? [] : [trouble]), ...bad, ...unmailed];
    if (problems.length > 0) throw failed(problems.join("\n"));
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
      const programme = chosen(names, options, new Date());
      if (options.mail !== undefined) refuseRelayOf(options.mail);
      if (options.schedule !== undefined) {
        const schedule = { project: context.project, mailBy: options.mail };
        console.log(writeSchedule(options.schedule, schedule).join("\n"));
        return;
      }
      if (programme === undefined) {
        console.log(listed(context.json));
        return;
      }
      const { lab } = await runningLab(context, "drill");
      const fleet = await loadManifest(context);
      refuseReport(options.report);
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
