import { readFile } from "node:fs/promises";

import { codeOf, messageOf } from "@second-server/contract/caught";
import type { FailoverCheck } from "@second-server/contract/check-settings";
import type { CertificateCopy, FailoverReport } from "@second-server/contract/failover";
import { UNITS } from "@second-server/contract/names";

import { span } from "../alerts/words";
import { number, text } from "../rules";
import { logs, runbook } from "./advice";
import type { LookingKind } from "./check-kind";
import { Finding } from "./outcome";

const DAY_MS = 86_400_000;
/** The token is proven once a day. */
const PROOF_MS = 2 * DAY_MS;

const read = async <Value>(path: string): Promise<Value | undefined> => {
  try {
    return JSON.parse(await readFile(path, "utf8")) as Value;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw new Finding(`${path}: ${messageOf(error)}`);
  }
};

const ensureReport = (
  report: FailoverReport | undefined,
  maxAgeSeconds: number,
  now: number,
): void => {
  if (report === undefined) throw new Finding("the unit that moves the names has not run yet");
  if (report.error !== undefined && !report.passing) throw new Finding(report.error);
  const age = now - Date.parse(report.at);
  if (!(age <= maxAgeSeconds * 1000))
    throw new Finding(
      `the names were last looked at ${span(age)} ago${report.error === undefined ? "" : `: ${report.error}`}`,
    );
  if (!(now - Date.parse(report.provenAt ?? "") <= PROOF_MS))
    throw new Finding("the token has not been seen to be allowed to move a name");
};

const ensureCertificate = (
  copy: CertificateCopy | undefined,
  minDays: number,
  now: number,
): string => {
  if (copy?.until === undefined)
    throw new Finding(
      `there is no copy of the primary's certificate: ${copy?.problem ?? "none was taken yet"}`,
    );
  const left = Date.parse(copy.until) - now;
  if (!(left >= minDays * DAY_MS))
    throw new Finding(
      `the copy of the primary's certificate ends in ${span(left)}${copy.problem === undefined ? "" : `: ${copy.problem}`}`,
    );
  return `ready; the certificate's copy is good for ${span(left)}`;
};

/** @returns for how long the copy is good. @throws Finding why a failover would not work. */
export const checkFailover = async (check: FailoverCheck, now = Date.now()): Promise<string> => {
  ensureReport(await read(check.reportFile), check.maxAgeSeconds, now);
  return ensureCertificate(await read(check.certificateFile), check.minDays, now);
};

export const failoverKind: LookingKind<FailoverCheck> = {
  source: "files",
  layer: "data",
  leastSeconds: 60,
  byCalendar: true,
  fields: { reportFile: text, certificateFile: text, maxAgeSeconds: number, minDays: number },
  run: (check) => checkFailover(check),
  advice: () => ({
    wrong: "The watcher could not take over",
    affects: "nothing now; while the primary is down visitors would get no answer.",
    steps: [
      { say: "What does it say itself?", run: logs("watcher", UNITS.failover) },
      {
        say: "A token without its scopes: set a new one.",
        run: "./fleet secret set failover-token",
      },
      runbook("failover"),
    ],
  }),
};
