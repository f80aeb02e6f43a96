import { messageOf } from "@second-server/contract/caught";

import type { Context } from "../cli/context";
import { entryNamed } from "./chaos";
import { startWriter, type Writes } from "./constant-writer";
import type { Drill, DrillTools, MendTools } from "./drill";
import { journalOf, type Run } from "./journal";
import type { DrillEntry } from "./list";
import { createTimeline, type Timeline } from "./timeline";
import { awaitCalm, awaitGreen, inboxIds } from "./waiting";

const GREEN_SECONDS = 120;
const CALM_SECONDS = 180;

/** Each mark is shown as it comes, and all of them are in the event that ends the drill. */
const timelineFor = (drill: string, { reporter }: MendTools): Timeline =>
  createTimeline(Date.now, ({ at, what, detail }) => {
    reporter.event({
      type: "mark",
      drill,
      at,
      what,
      detail,
    });
    reporter.say(`  ${at.toFixed(1).padStart(7)} s  ${what}${detail ? `: ${detail}` : ""}`);
  });

/**
 * Settles as the work does, or rejects at once when the signal comes: the drill is not waited for
 * any more.
 */
const unlessAborted = async <T>(work: Promise<T>, signal: AbortSignal): Promise<T> => {
  const aborted = new Promise<never>((_, reject) => {
    const stop = (): void => reject(new Error("interrupted"));
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
  return await Promise.race([work, aborted]);
};

interface Played {
  readonly error?: string;
  readonly measures: Run["measures"];
  readonly writes?: Writes;
}

/**
 * Runs the drill, and mends where it has failed. The journal keeps one that could not be mended:
 * `status` names it, and the next drill tries again.
 */
export const runOrMend = async (
  { run, mend }: Drill,
  tools: DrillTools,
): Promise<{ readonly measures: Run["measures"]; readonly problems: readonly string[] }> => {
  const journal = journalOf(tools.context);
  try {
    const measures = await unlessAborted(run(tools), tools.signal);
    journal.end();
    return { measures, problems: [] };
  } catch (error) {
    const why = messageOf(error);
    tools.timeline.mark("not as it should be; mending", why);
    try {
      await mend(tools);
      journal.end();
      return { measures: {}, problems: [why] };
    } catch (complaint) {
      return {
        measures: {},
        problems: [why, `it could not be mended: ${messageOf(complaint)}`],
      };
    }
  }
};

/** From the first write to the comparison of what was written with what is there. */
const play = async (
  drill: Drill,
  { mayLose }: DrillEntry,
  tools: MendTools,
  timeline: Timeline,
  signal: AbortSignal,
): Promise<Played> => {
  const before = await inboxIds(tools);
  const writer = await startWriter(tools);
  timeline.mark("every service is green; the drill begins");
  const { measures, problems: seen } = await runOrMend(drill, {
    ...tools,
    timeline,
    before,
    signal,
  });
  const problems = [...seen];
  const writes = await writer?.stop().catch((error: unknown) => {
    problems.push(messageOf(error));
    return undefined;
  });
  if (writes && writes.lost > 0 && mayLose === undefined)
    problems.push(
      `${writes.lost} of ${writes.acknowledged} writes that were acknowledged are not there any more`,
    );
  return { measures, writes, ...(problems.length === 0 ? {} : { error: problems.join("; ") }) };
};

/** One drill from green to green; rejects, and breaks nothing, where the fleet is not green. */
export const rehearse = async (
  entry: DrillEntry,
  tools: MendTools,
  signal: AbortSignal,
): Promise<Run> => {
  const { context, reporter } = tools;
  const { drill } = await entry.load();
  reporter.say(`\n${entry.name}: ${entry.summary}\n  must be seen: ${entry.expects}`);
  await awaitGreen(tools, GREEN_SECONDS);
  await awaitCalm(tools, CALM_SECONDS);
  journalOf(context).begin(entry.name);
  const began = new Date().toISOString();
  const timeline = timelineFor(entry.name, tools);
  const played = await play(drill, entry, tools, timeline, signal);
  const run: Run = {
    drill: entry.name,
    began,
    seconds: timeline.seconds(),
    ok: played.error === undefined,
    ...played,
    marks: timeline.marks,
  };
  reporter.event({ type: "drill", ...run });
  return run;
};

/** Mends what a drill has left broken; @returns its name, where there was one. */
export const mendLeftOver = async (
  context: Context,
  entries: readonly DrillEntry[],
  tools: MendTools,
): Promise<string | undefined> => {
  const journal = journalOf(context);
  const left = journal.underWay();
  if (left === undefined) return undefined;
  tools.reporter.say(
    `The drill ${left.drill} of ${left.since} has not ended and may have left the fleet broken; mending.`,
  );
  const entry = entryNamed(entries, left.drill);
  if (entry) await (await entry.load()).drill.mend(tools);
  journal.end();
  return left.drill;
};
