import type { UnitCheck } from "@second-server/contract/check-settings";

import { text } from "../rules";
import { type Advice, logs, type Machine, onMachine } from "./advice";
import type { MachineNow, ReportedKind, Reports } from "./check-kind";
import { Finding } from "./outcome";
import { UNKNOWN } from "./unit-facts";

type UnitNow = { readonly report: Pick<MachineNow["report"], "units"> } & Pick<
  MachineNow,
  "crashLoop"
>;

/** @throws Finding unless it is active, and has been for more than a moment. */
export const judgeUnit = (unit: string, { report, crashLoop }: UnitNow): string => {
  const looping = crashLoop(unit);
  if (looping !== undefined) throw new Finding(looping);
  const state = report.units[unit];
  if (state === "active") return "active";
  if (state === UNKNOWN) throw new Finding(`systemd there does not say how ${unit} is`);
  throw new Finding(
    state === undefined
      ? `${unit} is not among the units that the machine reports`
      : `${unit} is ${state}`,
  );
};

/**
 * What answers at a service's address need not be the service: nginx may, or a foreign process on
 * its port. Where nothing is known of the unit, that is for the machine's own check to tell.
 * @throws Finding when it does not run.
 */
export const ensureRuns = async (
  unit: string,
  machine: Machine | undefined,
  reports: Reports,
): Promise<void> => {
  const now = await reports.machine({ kind: "host", machine }).catch(() => undefined);
  if (now !== undefined && (now.report.units[unit] ?? UNKNOWN) !== UNKNOWN) judgeUnit(unit, now);
};

const advice = (name: string, machine: Machine): Advice => ({
  wrong: `${name} on the ${machine} does not run`,
  affects: name.endsWith(".timer")
    ? "the work that it starts is not done."
    : "what it does; services that it carries have alerts of their own.",
  steps: [
    { say: "Why did it stop?", run: logs(machine, name) },
    { say: "Start it.", run: onMachine(machine, `sudo systemctl restart ${name}`) },
  ],
});

export const unitKind: ReportedKind<UnitCheck> = {
  source: "reports",
  layer: "service",
  leastSeconds: 30,
  byCalendar: true,
  fields: { unit: text },
  judge: async (check, reports) => judgeUnit(check.unit, await reports.machine(check)),
  advice: ({ unit }, machine) => advice(unit, machine),
};
