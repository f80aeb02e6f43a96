import { closeSync, openSync, writeFileSync } from "node:fs";

import { messageOf } from "@second-server/contract/caught";

import { renderSummary } from "../drills/timeline";
import type { DrillMail, Mailer } from "./drill-mail";
import { cannotRun } from "./errors";
import type { Reporter } from "./progress/reporter";

/** Before anything is broken: the report comes last, hours later. */
export const refuseReport = (file: string | undefined): void => {
  if (file === undefined) return;
  try {
    closeSync(openSync(file, "a"));
  } catch (error) {
    throw cannotRun(
      `fleet drill: --report ${file} can't be written: ${messageOf(error)}. Say a file in a folder that is there.`,
    );
  }
};

interface Telling {
  readonly reporter: Pick<Reporter, "say">;
  readonly report: string | undefined;
  readonly mailer: Mailer | undefined;
}

/**
 * Summary, report and mail. A relay that takes no mail costs neither the report nor what the drills
 * have found; @returns its complaint, where there is one.
 */
export const tell = async (
  result: DrillMail,
  { reporter, report, mailer }: Telling,
): Promise<readonly string[]> => {
  if (result.runs.length > 1) reporter.say(renderSummary(result.runs));
  if (report !== undefined) {
    writeFileSync(report, result.page);
    reporter.say(`\nThe report is in ${report}.`);
  }
  if (mailer === undefined) return [];
  try {
    await mailer(result);
    reporter.say("The result is mailed.");
    return [];
  } catch (error) {
    return [`fleet drill: the result could not be mailed: ${messageOf(error)}`];
  }
};
