import type { Command } from "commander";

import type { DrillTools } from "../../drills/drill";
import { type DrillEntry, DRILLS } from "../../drills/list";
import { createTimeline, renderTimeline, type Timeline } from "../../drills/timeline";
import { type CommonOptions, common, contextOf } from "../context";
import { cannotRun, failed } from "../errors";
import { runningLab } from "../lab";
import { loadManifest } from "../manifest";
import { type Reporter, reporterFor } from "../progress/reporter";

const listed = (json: boolean): string =>
  json
    ? JSON.stringify(DRILLS.map(({ name, summary }) => ({ name, summary })))
    : DRILLS.map(({ name, summary }) => `${name.padEnd(16)} ${summary}`).join("\n");

const drillNamed = (name: string): DrillEntry => {
  const drill = DRILLS.find((one) => one.name === name);
  if (drill) return drill;
  throw cannotRun(
    `fleet drill: there is no drill "${name}". There are: ${DRILLS.map((one) => one.name).join(", ")}.`,
  );
};

/** Each mark is shown as it comes, and all of them are in the event that ends the drill. */
const timelineFor = (drill: string, reporter: Reporter): Timeline =>
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

/** Runs one drill to its end; rejects with what was not as it should be and when. */
const rehearse = async (
  { name, load }: DrillEntry,
  tools: Omit<DrillTools, "timeline">,
): Promise<void> => {
  const { reporter } = tools;
  const timeline = timelineFor(name, reporter);
  const ended = (outcome: object): void =>
    reporter.event({ type: "drill", drill: name, ...outcome, marks: timeline.marks });
  try {
    const { run } = await load();
    const measures = await run({ ...tools, timeline });
    ended({ ok: true, measures });
    reporter.say(renderTimeline(name, measures));
  } catch (error) {
    const { message } = error as Error;
    ended({ ok: false, error: message });
    throw failed(`fleet drill ${name}: after ${timeline.seconds().toFixed(1)} s: ${message}`);
  }
};

export const define = (command: Command): void => {
  common(command)
    .argument("[name]", "a drill's name, or list", "list")
    .addHelpText(
      "after",
      "\nEach drill asserts what a user would see and ends with the fleet as it was. Exit codes: 0 everything came back; 1 something a user relies on did not.",
    )
    .action(async (name: string, options: CommonOptions) => {
      const context = contextOf(options);
      if (name === "list") {
        console.log(listed(context.json));
        return;
      }
      const drill = drillNamed(name);
      const { lab } = await runningLab(context, "drill");
      const fleet = await loadManifest(context);
      const reporter = reporterFor(process.stdout, context.json);
      try {
        await rehearse(drill, { context, lab, fleet, reporter });
      } finally {
        reporter.close();
      }
    });
};
