import type { Command } from "commander";

import { DRILLS } from "../../drills/list";
import { createTimeline, renderTimeline } from "../../drills/timeline";
import { type CommonOptions, common, contextOf } from "../context";
import { cannotRun, failed } from "../errors";
import { runningLab } from "../lab";
import { loadManifest } from "../manifest";
import { reporterFor } from "../progress/reporter";

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
        console.log(
          context.json
            ? JSON.stringify(DRILLS.map(({ name: drill, summary }) => ({ name: drill, summary })))
            : DRILLS.map((drill) => `${drill.name.padEnd(16)} ${drill.summary}`).join("\n"),
        );
        return;
      }
      const drill = DRILLS.find((one) => one.name === name);
      if (!drill)
        throw cannotRun(
          `fleet drill: there is no drill "${name}". There are: ${DRILLS.map((one) => one.name).join(", ")}.`,
        );
      const { lab } = await runningLab(context, "drill");
      const fleet = await loadManifest(context);
      const reporter = reporterFor(process.stdout, context.json);
      const timeline = createTimeline(Date.now, ({ at, what, detail }) => {
        reporter.event({
          type: "mark",
          drill: name,
          at,
          what,
          detail,
        });
        reporter.say(`  ${at.toFixed(1).padStart(7)} s  ${what}${detail ? `: ${detail}` : ""}`);
      });
      try {
        const { run } = await drill.load();
        const measures = await run({
          context,
          lab,
          fleet,
          reporter,
          timeline,
        });
        reporter.event({
          type: "drill",
          drill: name,
          ok: true,
          marks: timeline.marks,
          measures,
        });
        reporter.say(renderTimeline(name, measures));
      } catch (error) {
        reporter.event({
          type: "drill",
          drill: name,
          ok: false,
          marks: timeline.marks,
          error: (error as Error).message,
        });
        throw failed(
          `fleet drill ${name}: after ${timeline.seconds().toFixed(1)} s: ${(error as Error).message}`,
        );
      } finally {
        reporter.close();
      }
    });
};
