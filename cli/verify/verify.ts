import type { FleetFacts } from "../../config/fleet";
import type { Context } from "../context";
import type { Reporter } from "../progress/reporter";
import { until } from "../wait";
import { probeAll } from "./probe";
import { type Verdict, judge, targetsOf } from "./verdict";

export interface Verification {
  readonly ok: boolean;
  readonly verdicts: readonly Verdict[];
  readonly seconds: number;
}

/**
 * Asks every service until all are well or the time is up; the last round's verdicts are the
 * result.
 */
export const verify = async (
  context: Context,
  fleet: FleetFacts,
  floatingIp: string,
  reporter: Reporter,
  seconds: number,
): Promise<Verification> => {
  const started = Date.now();
  let verdicts: readonly Verdict[] = [];
  const label = `verifying ${fleet.services.length} services over HTTPS at ${floatingIp}`;
  reporter.running("verify", label);
  const round = async (): Promise<true | undefined> => {
    verdicts = judge(fleet, floatingIp, await probeAll(context, targetsOf(fleet)));
    const bad = verdicts.find(({ ok }) => !ok);
    if (!bad) return true;
    reporter.running(
      "verify",
      label,
      `${verdicts.filter(({ ok }) => ok).length} of ${verdicts.length}; ${bad.name}: ${bad.error}`,
    );
    return undefined;
  };
  const ok = (await until(round, { seconds })) === true;
  const took = (Date.now() - started) / 1000;
  reporter.done(
    "verify",
    ok
      ? `all ${verdicts.length} services answer 200 over HTTPS at their public names, and the Observatory finds each well`
      : label,
    took,
    { failed: !ok },
  );
  return { ok, verdicts, seconds: took };
};
