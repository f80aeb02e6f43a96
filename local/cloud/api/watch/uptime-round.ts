import type { UptimeCheckRecord, UptimeStateRecord } from "../../records/monitoring";
import type { Cloud } from "../cloud";
import { locate } from "./lookup";
import type { Probe, ProbeResult, ProbeTarget } from "./probe";
import { describe, nextState, stepAlert, type AlertStep } from "./uptime-state";

const tell = (
  cloud: Cloud,
  check: UptimeCheckRecord,
  state: UptimeStateRecord,
  { alert, turn }: AlertStep,
): void => {
  if (!turn) return;
  const words = turn === "triggered" ? "Triggered" : "Resolved";
  cloud.notify(
    alert.notifications,
    `${words}: ${alert.name} (uptime check ${check.name})`,
    `${words} at ${cloud.clock.now().toISOString()}: ${describe(alert, check, state)}.\n\n` +
      `Check: ${check.name} (${check.type}, ${check.target})\n` +
      `Alert: ${alert.name} (${alert.type})\n`,
  );
};

const take = (cloud: Cloud, check: UptimeCheckRecord, result: ProbeResult): void => {
  const now = cloud.clock.now();
  const state = nextState(check.state, result, now);
  const steps = check.alerts.map((alert) => stepAlert(alert, state, now));
  cloud.store.uptimeChecks.update(check, { state, alerts: steps.map(({ alert }) => alert) });
  for (const step of steps) tell(cloud, check, state, step);
};

/** What can be probed, and what has failed already because it can't be found. */
const locateAll = (
  cloud: Cloud,
  checks: readonly UptimeCheckRecord[],
): { targets: ProbeTarget[]; failed: ProbeResult[] } => {
  const failed: ProbeResult[] = [];
  const targets: ProbeTarget[] = [];
  for (const { id, type, target } of checks) {
    const located = locate(cloud, target);
    if ("address" in located) targets.push({ id, type, target, address: located.address });
    else
      failed.push({
        id,
        up: false,
        cause: located.problem,
        milliseconds: 0,
        certificateUntil: null,
      });
  }
  return { targets, failed };
};

/**
 * One probe of every enabled check. The lab has one vantage point outside, so all of a check's
 * regions see the same.
 */
export const uptimeRound = async (cloud: Cloud, probe: Probe): Promise<void> => {
  const { store } = cloud;
  const checks = store.uptimeChecks.filter((one) => one.enabled);
  if (checks.length === 0) return;
  const { targets, failed } = locateAll(cloud, checks);
  const probed = targets.length ? await probe(targets) : [];
  for (const result of [...failed, ...probed]) {
    // Deleted or switched off while it was asked: its answer is nobody's.
    const check = store.uptimeChecks.get(result.id);
    if (check?.enabled) take(cloud, check, result);
  }
  await store.save();
};
