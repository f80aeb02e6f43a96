import type { HostCheck } from "@second-server/contract/check-settings";
import type { HostFacts } from "@second-server/contract/reports";

import { span } from "../alerts/words";
import { number, optional, shape } from "../rules";
import { type Advice, type Machine, onMachine } from "./advice";
import type { ReportedKind } from "./check-kind";
import { isFull } from "./machine-facts";
import { Exhausted, Finding } from "./outcome";
import { judgeRenewal, renewalAdvice } from "./renewal";

const pendingFor = ({ rebootPendingSeconds: seconds }: HostFacts): string =>
  seconds === undefined ? "" : ` for ${span(seconds * 1000)}`;

const overdue = (facts: HostFacts, limits: HostCheck["limits"]): readonly string[] => {
  const { rebootPending, rebootPendingSeconds = 0 } = facts;
  const limit = limits.rebootPendingSeconds;
  if (!rebootPending || limit === undefined || rebootPendingSeconds <= limit) return [];
  return [`a reboot is pending${pendingFor(facts)}, more than ${span(limit * 1000)}`];
};

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
    ...overdue(facts, limits),
  ];
  if (found.length > 0) throw new (isFull(facts) ? Exhausted : Finding)(found.join("; "));
  const { memoryPercent, diskPercent, load, upgradesPending = 0 } = facts;
  return [
    `memory ${memoryPercent} %, disk ${diskPercent} %, load ${load}`,
    ...(facts.rebootPending ? [`a reboot is pending${pendingFor(facts)}`] : []),
    ...(upgradesPending > 0 ? [`upgrades pending: ${upgradesPending}`] : []),
  ].join("; ");
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

const isOfReboot = ({ limits }: HostCheck): boolean => limits.rebootPendingSeconds !== undefined;

const rebootAdvice = (machine: Machine): Advice => ({
  wrong: `The ${machine} waits for a reboot`,
  affects: "nothing that visitors see now. Upgrades that are installed do not work until then.",
  steps: [
    {
      say: "Which packages ask for it?",
      run: onMachine(machine, "cat /run/reboot-required.pkgs"),
    },
    {
      say: "Reboot it, in an hour in which a minute without it does no harm.",
      run: onMachine(machine, "sudo systemctl reboot"),
    },
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
      rebootPendingSeconds: optional(number),
      trialSeconds: optional(number),
    }),
  },
  judge: async (check, reports) => {
    // That a machine is silent is for the check of its disk and memory to tell, once.
    const { trialSeconds } = check.limits;
    const kind = isOfReboot(check) || trialSeconds !== undefined ? "unit" : "host";
    const { report, clockMs } = await reports.machine({ ...check, kind });
    if (trialSeconds !== undefined) return judgeRenewal(report, trialSeconds, reports.now());
    return judgeHost(check, report, clockMs);
  },
  advice: (check, machine) => {
    if (check.limits.trialSeconds !== undefined) return renewalAdvice(machine);
    return isOfReboot(check) ? rebootAdvice(machine) : advice(machine);
  },
};
