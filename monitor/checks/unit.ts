import type { UnitCheck } from "@second-server/contract/observatory";
import type { HostFacts } from "@second-server/contract/reports";

import { text } from "../rules";
import { type Advice, logs, type Machine, onMachine } from "./advice";
import type { ReportedKind } from "./check-kind";
import { Finding } from "./outcome";

/** @throws Finding unless it is active. */
export const judgeUnit = (unit: string, facts: HostFacts): string => {
  const state = facts.units[unit];
  if (state === "active") return "active";
  throw new Finding(
    state === undefined
      ? `${unit} is not among the units that the machine reports`
      : `${unit} is ${state}`,
  );
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
  judge: async (check, reports) => judgeUnit(check.unit, (await reports.machine(check)).report),
  advice: ({ unit }, machine) => advice(unit, machine),
};
