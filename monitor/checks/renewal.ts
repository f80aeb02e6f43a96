import { UNITS } from "@second-server/contract/names";
import type { HostFacts, RenewalOutcome } from "@second-server/contract/reports";

import { span } from "../alerts/words";
import { type Advice, logs, type Machine, onMachine, runbook } from "./advice";
import { Finding } from "./outcome";

const failure = (what: string, outcome: RenewalOutcome | undefined, now: number): string[] =>
  outcome === undefined || outcome.ok
    ? []
    : [`${what} failed ${span(Math.max(0, now - outcome.at))} ago: ${outcome.says}`];

const passed = (what: string, outcome: RenewalOutcome | undefined, now: number): string =>
  outcome === undefined ? `no ${what} yet` : `${what} ${span(Math.max(0, now - outcome.at))} ago`;

/** @returns when both ended well. @throws Finding with the names and the reasons. */
export const judgeRenewal = (
  { renewal, trial }: Pick<HostFacts, "renewal" | "trial">,
  trialSeconds: number,
  now: number,
): string => {
  const found = [
    ...failure("the renewal of the certificate", renewal, now),
    ...failure("a trial renewal", trial, now),
    ...(trial !== undefined && now - trial.at > trialSeconds * 1000
      ? [`a renewal was last tried ${span(now - trial.at)} ago; is ${UNITS.renewalTrial} running?`]
      : []),
  ];
  if (found.length > 0) throw new Finding(found.join("; "));
  return `${passed("renewal", renewal, now)}, ${passed("trial", trial, now)}`;
};

export const renewalAdvice = (machine: Machine): Advice => ({
  wrong: `The ${machine}'s certificate can't be renewed`,
  affects:
    "nothing that visitors see, until the certificate ends: then browsers warn every visitor of that machine's names.",
  steps: [
    { say: "What did certbot say?", run: logs(machine, UNITS.certbotRun) },
    {
      say: "The names that fail have to point at this machine, with port 80 open. Then try again.",
      run: onMachine(machine, `sudo systemctl start ${UNITS.renewalTrialRun}`),
    },
    runbook("certificates"),
  ],
});
