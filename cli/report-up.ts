import type { FleetFacts } from "../config/fleet";
import type { Context } from "./context";
import { changedCount, countOf, describeChanges } from "./engine/events";
import type { EngineResult } from "./engine/follow";
import type { Reporter } from "./progress/reporter";
import { duration, paintFor } from "./progress/text";
import type { UpResult } from "./up";
import { addressBlock, monthlyCost, nextSteps, serviceTable } from "./verify/table";

type Outcome = Pick<EngineResult, "changes" | "seconds">;

export const changeSentence = ({ changes, seconds }: Outcome): string =>
  changedCount(changes) === 0
    ? `Nothing changed: ${countOf(changes)} resources are as the state says (${duration(seconds)}).`
    : `Changed: ${describeChanges(changes)} (${duration(seconds)}).`;

/**
 * Without a look at the cloud an engine takes its state for what is there: what somebody deleted by
 * hand shows only in the proof.
 */
export const unwellText = ({ changes }: Pick<EngineResult, "changes">, stack: string): string =>
  changedCount(changes) === 0
    ? `fleet up: not every service is well, see the table, and nothing was to change. Something may have been changed or deleted outside (a record, the domain, a firewall): to look and mend it, run ./fleet up --refresh${stack === "local" ? "" : ` --stack ${stack}`}`
    : "fleet up: not every service is well; see the table.";

/** The closing table, or its JSON event. */
export const report = (
  context: Context,
  fleet: FleetFacts,
  result: UpResult,
  reporter: Reporter,
): void => {
  const { engine, verification, outputs, seconds } = result;
  const addresses = {
    primary: outputs.primary.address,
    watcher: outputs.watcher.address,
    floatingIp: outputs.floatingIp,
  };
  reporter.event({
    type: "up",
    ok: verification.ok,
    changed: changedCount(engine.changes),
    changes: engine.changes,
    services: verification.verdicts,
    addresses,
    statusUrl: `https://${fleet.status.host}/`,
    monthlyUsd: monthlyCost(fleet),
    seconds: Number(seconds.toFixed(2)),
    engineSeconds: Number(engine.seconds.toFixed(2)),
    verifySeconds: Number(verification.seconds.toFixed(2)),
  });
  reporter.say(
    [
      "",
      changeSentence(engine),
      "",
      serviceTable(verification.verdicts, Date.now(), paintFor(process.stdout)),
      "",
      addressBlock(fleet, addresses),
      `status page  https://${fleet.status.host}/`,
      "",
      ...(verification.ok
        ? [nextSteps(fleet, context.local), "", `All green in ${duration(seconds)}.`]
        : []),
    ].join("\n"),
  );
};
