import type { HostCheck } from "@second-server/contract/check-settings";
import { UNITS } from "@second-server/contract/names";
import type { HostFacts } from "@second-server/contract/reports";

import { instant, span } from "../alerts/words";
import { number, optional, shape } from "../rules";
import { type Advice, logs, type Machine, onMachine } from "./advice";
import type { ReportedKind } from "./check-kind";
import { isFull } from "./machine-facts";
import { Exhausted, Finding } from "./outcome";
import { judgeRenewal, renewalAdvice } from "./renewal";

const lasting = (seconds: number | undefined): string =>
  seconds === undefined ? "" : ` for ${span(seconds * 1000)}`;

/** @returns what has waited for longer than it may. */
const overdue = (what: string, seconds: number | undefined, limit?: number): readonly string[] =>
  seconds === undefined || limit === undefined || seconds <= limit
    ? []
    : [`${what} pending${lasting(seconds)}, more than ${span(limit * 1000)}`];

const unsynced = (seconds: number | undefined, limit?: number): readonly string[] =>
  seconds === undefined || limit === undefined || seconds <= limit
    ? []
    : [`no time server has set the clock${lasting(seconds)}`];

const waiting = ({ upgradesPendingSeconds: seconds }: HostFacts): string =>
  seconds === undefined ? "" : `, some${lasting(seconds)} although they install themselves`;

const few = (names: readonly string[]): string =>
  names.length <= 8
    ? names.join(", ")
    : `${names.slice(0, 8).join(", ")} and ${names.length - 8} more`;

/** What the report and the status page say besides, of reboots and upgrades that were. */
const lately = (
  limits: HostCheck["limits"],
  { upSeconds, upgraded }: HostFacts,
): readonly string[] => [
  ...(limits.rebootPendingSeconds === undefined || upSeconds === undefined
    ? []
    : [`up for ${span(upSeconds * 1000)}`]),
  ...(limits.upgradesPendingSeconds === undefined || upgraded === undefined
    ? []
    : [
        `last upgraded ${instant(upgraded.at)}: ${few(upgraded.packages)}`,
        ...(upgraded.restarted.length === 0 ? [] : [`restarted: ${few(upgraded.restarted)}`]),
      ]),
];

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
    ...overdue(
      "a reboot is",
      facts.rebootPending ? facts.rebootPendingSeconds : undefined,
      limits.rebootPendingSeconds,
    ),
    ...overdue(
      "upgrades that install themselves are",
      facts.upgradesPendingSeconds,
      limits.upgradesPendingSeconds,
    ),
    ...unsynced(facts.unsyncedSeconds, limits.unsyncedSeconds),
  ];
  if (found.length > 0) throw new (isFull(facts) ? Exhausted : Finding)(found.join("; "));
  const { memoryPercent, diskPercent, load, upgradesPending = 0 } = facts;
  return [
    `memory ${memoryPercent} %, disk ${diskPercent} %, load ${load}`,
    ...(facts.rebootPending ? [`a reboot is pending${lasting(facts.rebootPendingSeconds)}`] : []),
    ...(upgradesPending > 0 ? [`upgrades pending: ${upgradesPending}${waiting(facts)}`] : []),
    ...lately(limits, facts),
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
      say: "Reboot it, in an hour in which a minute without it does no harm: announced, and once no release or backup is under way.",
      run: onMachine(machine, `sudo systemctl start ${UNITS.upgradeReboot}`),
    },
  ],
});

const isOfUpgrades = ({ limits }: HostCheck): boolean =>
  limits.upgradesPendingSeconds !== undefined;

const upgradesAdvice = (machine: Machine): Advice => ({
  wrong: `The ${machine} does not bring itself up to date`,
  affects:
    "nothing that visitors see now. Faults that others know of, and that are mended, stay open on it.",
  steps: [
    { say: "Why was it not done?", run: logs(machine, UNITS.upgrades) },
    {
      say: "Do it now, and read what it says.",
      run: onMachine(machine, "sudo unattended-upgrade --verbose"),
    },
  ],
});

const isOfClock = ({ limits }: HostCheck): boolean => limits.unsyncedSeconds !== undefined;

const clockAdvice = (machine: Machine): Advice => ({
  wrong: `The ${machine}'s clock is set by nobody`,
  affects:
    "nothing that visitors see now. A clock that runs away has certificates refused, backups and alerts with wrong times, and signed messages that are not believed.",
  steps: [
    {
      say: "Which time server does it ask, and what does that say?",
      run: onMachine(machine, "timedatectl timesync-status"),
    },
    { say: "Why does it not?", run: logs(machine, UNITS.timeSync) },
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
      upgradesPendingSeconds: optional(number),
      unsyncedSeconds: optional(number),
      trialSeconds: optional(number),
    }),
  },
  judge: async (check, reports) => {
    // That a machine is silent is for the check of its disk and memory to tell, once.
    const { trialSeconds } = check.limits;
    const isDetail =
      isOfReboot(check) || isOfUpgrades(check) || isOfClock(check) || trialSeconds !== undefined;
    const kind = isDetail ? "unit" : "host";
    const { report, clockMs } = await reports.machine({ ...check, kind });
    if (trialSeconds !== undefined) return judgeRenewal(report, trialSeconds, reports.now());
    return judgeHost(check, report, clockMs);
  },
  advice: (check, machine) => {
    if (check.limits.trialSeconds !== undefined) return renewalAdvice(machine);
    if (isOfClock(check)) return clockAdvice(machine);
    if (isOfUpgrades(check)) return upgradesAdvice(machine);
    return isOfReboot(check) ? rebootAdvice(machine) : advice(machine);
  },
};
