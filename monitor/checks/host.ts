import type { HostCheck } from "@second-server/contract/observatory";
import type { HostFacts } from "@second-server/contract/reports";

import { flag, number, optional, shape } from "../rules";
import { type Advice, type Machine, onMachine } from "./advice";
import type { ReportedKind } from "./check-kind";
import { isFull } from "./machine-facts";
import { Exhausted, Finding } from "./outcome";

/** @returns the facts in one line. @throws Finding naming every limit that is passed. */
export const judgeHost = ({ limits }: HostCheck, facts: HostFacts, clockMs: number): string => {
  const over = (
    name: string,
    value: number | undefined,
    limit: number | undefined,
    unit: string,
  ): string[] =>
    value !== undefined && limit !== undefined && value > limit
      ? [`${name} ${value}${unit}, more than ${limit}${unit}`]
      : [];
  const found = [
    ...over("memory", facts.memoryPercent, limits.memoryPercent, " %"),
    ...over("disk", facts.diskPercent, limits.diskPercent, " %"),
    ...over("inodes", facts.inodesPercent, limits.inodesPercent, " %"),
    ...over("clock is off by", Math.round(Math.abs(clockMs) / 1000), limits.clockSeconds, " s"),
    ...over("pending upgrades:", facts.upgradesPending, limits.upgradesPending, ""),
    ...(limits.rebootPending && facts.rebootPending
      ? ["a reboot is pending (/run/reboot-required)"]
      : []),
  ];
  if (found.length > 0) throw new (isFull(facts) ? Exhausted : Finding)(found.join("; "));
  return `memory ${facts.memoryPercent} %, disk ${facts.diskPercent} %, load ${facts.load}`;
};

const advice = (machine: Machine): Advice => ({
  wrong: `The ${machine} is not well`,
  affects:
    machine === "primary"
      ? "services, when memory or disk run out; while the disk is full, services and backups that fail are part of this alert."
      : "nothing that visitors see. While the disk is full, the monitor writes no history (checks and alerts go on in memory; a restart now would forget what is new) and no backup is kept.",
  steps: [
    {
      say: "What fills it?",
      run: onMachine(
        machine,
        "'df -h /; free -m; sudo du -xh --max-depth=2 /var | sort -h | tail'",
      ),
    },
    { say: "Old journals can go.", run: onMachine(machine, "sudo journalctl --vacuum-size=50M") },
  ],
});

export const hostKind: ReportedKind<HostCheck> = {
  source: "reports",
  layer: "service",
  leastSeconds: 30,
  byCalendar: true,
  fields: {
    limits: shape({
      memoryPercent: optional(number),
      diskPercent: optional(number),
      inodesPercent: optional(number),
      clockSeconds: optional(number),
      rebootPending: optional(flag),
      upgradesPending: optional(number),
    }),
  },
  judge: async (check, reports) => {
    const { report, clockMs } = await reports.machine(check);
    return judgeHost(check, report, clockMs);
  },
  advice: (_check, machine) => advice(machine),
};
