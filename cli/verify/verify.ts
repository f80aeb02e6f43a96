import type { FleetFacts } from "../../config/fleet";
import type { Context } from "../context";
import type { Reporter } from "../progress/reporter";
import { until } from "../wait";
import { probeAll } from "./probe";
import { type Verdict, judge, targetsAt, targetsOf } from "./verdict";

export interface Verification {
  readonly ok: boolean;
  readonly verdicts: readonly Verdict[];
  readonly seconds: number;
}

export interface VerifyOptions {
  /** How long the services may take, besides what they may take to begin. */
  readonly seconds: number;
  /** The names lead to the watcher, and are to: the services are asked at the floating IP. */
  readonly elsewhere?: boolean;
}

/**
 * With what the slowest service may take to begin (`health: { start-within }`): a machine that was
 * just powered on has begun all of them now.
 */
export const verificationSeconds = (fleet: FleetFacts, seconds: number): number =>
  seconds + Math.max(0, ...fleet.services.map(({ health }) => health.startSeconds));

/**
 * Asks every service until all are well or the time is up; the last round's verdicts are the
 * result.
 */
export const verify = async (
  context: Context,
  fleet: FleetFacts,
  floatingIp: string,
  reporter: Reporter,
  { seconds, elsewhere = false }: VerifyOptions,
): Promise<Verification> => {
  const started = Date.now();
  let verdicts: readonly Verdict[] = [];
  const label = `verifying ${fleet.services.length} services over HTTPS at ${floatingIp}`;
  reporter.running("verify", label);
  const targets = elsewhere ? targetsAt(fleet, floatingIp) : targetsOf(fleet);
  const round = async (): Promise<true | undefined> => {
    verdicts = judge(fleet, floatingIp, await probeAll(context, targets));
    const bad = verdicts.find(({ ok }) => !ok);
    if (!bad) return true;
    reporter.running(
      "verify",
      label,
      `${verdicts.filter(({ ok }) => ok).length} of ${verdicts.length}; ${bad.name}: ${bad.error}`,
    );
    return undefined;
  };
  const ok = (await until(round, { seconds: verificationSeconds(fleet, seconds) })) === true;
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
