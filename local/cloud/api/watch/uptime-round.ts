import type { UptimeAlertRecord, UptimeCheckRecord } from "../../records";
import type { Cloud } from "../cloud";
import { locate } from "./lookup";
import type { Probe, ProbeResult, ProbeTarget } from "./probe";
import { describe, nextState, stepAlert } from "./uptime-state";

const tell = (
  cloud: Cloud,
  check: UptimeCheckRecord,
  alert: UptimeAlertRecord,
  turn: "triggered" | "resolved",
): void => {
  const words = turn === "triggered" ? "Triggered" : "Resolved";
  cloud.notify(
    alert.notifications,
    `${words}: ${alert.name} (uptime check ${check.name})`,
    `${words} at ${cloud.clock.now().toISOString()}: ${describe(alert, check, check.state!)}.\n\nCheck: ${check.name} (${check.type}, ${check.target})\nAlert: ${alert.name} (${alert.type})\n`,
  );
};

const take = (cloud: Cloud, check: UptimeCheckRecord, result: ProbeResult): void => {
  const now = cloud.clock.now();
  check.state = nextState(check.state, result, now);
  for (const alert of check.alerts) {
    const turn = stepAlert(alert, check.state, now);
    if (turn) tell(cloud, check, alert, turn);
  }
};

/** One probe of every enabled check. The lab has one vantage point outside, so all of a check's regions see the same. */
export const uptimeRound = async (cloud: Cloud, probe: Probe): Promise<void> => {
  const { state } = cloud;
  const checks = state.uptimeChecks.filter((one) => one.enabled);
  if (checks.length === 0) return;
  const results: ProbeResult[] = [];
  const targets: ProbeTarget[] = [];
  for (const { id, type, target } of checks) {
    const found = locate(cloud, target);
    if ("address" in found) targets.push({ id, type, target, address: found.address });
    else
      results.push({
        id,
        up: false,
        cause: found.problem,
        milliseconds: 0,
        certificateUntil: null,
      });
  }
  if (targets.length) results.push(...(await probe(targets)));
  for (const result of results) {
    const check = checks.find((one) => one.id === result.id);
    // Deleted or switched off while it was asked: its answer is nobody's.
    if (check && check.enabled && state.uptimeChecks.includes(check)) take(cloud, check, result);
  }
  await cloud.store.save();
};
