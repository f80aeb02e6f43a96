import { cronOf } from "@second-server/contract/calendar";
import type { HeartbeatCheck } from "@second-server/contract/check-settings";
import { Cron } from "croner";

import { instant, span } from "../alerts/words";
import { calendar, number, optional, text } from "../rules";
import { logs, onMachine } from "./advice";
import type { Beat } from "./beats";
import type { BlindWindow } from "./blind-windows";
import type { ReportedKind, Reports } from "./check-kind";
import { Finding } from "./outcome";

type Times = readonly [earliest: number, latest: number];

/**
 * A period: the next word is expected about so long after the last. What came within a gap came at
 * its end at the latest, and the next one follows from that.
 */
const byPeriod = (
  periodMs: number,
  graceMs: number,
  since: number,
  gaps: readonly BlindWindow[],
): number => {
  const early = Math.max(0, periodMs - graceMs);
  let [first, last]: Times = [since, since];
  for (const { from, to } of gaps) {
    if (to <= first + early || from >= last + periodMs + graceMs) continue;
    [first, last] = [Math.max(first + early, from, to - periodMs - graceMs), Math.max(last, to)];
  }
  return last + periodMs + graceMs;
};

/** A schedule: a turn that could have been heard only within a gap is left out. */
const bySchedule = (
  schedule: string,
  graceMs: number,
  since: number,
  gaps: readonly BlindWindow[],
): number => {
  const cron = new Cron(cronOf(schedule));
  const after = (time: number): number => cron.nextRun(new Date(time))?.getTime() ?? Infinity;
  let turn = after(since);
  for (const { from, to } of gaps) if (to > turn && from < turn + graceMs) turn = after(to);
  return turn + graceMs;
};

/**
 * When it has to be heard of at the latest; counted from its last success, or from when it became
 * known.
 */
const due = (
  { schedule, periodSeconds = 86_400, graceSeconds }: HeartbeatCheck,
  since: number,
  gaps: readonly BlindWindow[],
): number => {
  return schedule === undefined
    ? byPeriod(periodSeconds * 1000, graceSeconds * 1000, since, gaps)
    : bySchedule(schedule, graceSeconds * 1000, since, gaps);
};

/**
 * `gaps`: when no job could be heard, in order of time.
 * @returns when it was last heard.
 * @throws Finding when it failed, is late, or does not end.
 */
export const judgeBeat = (
  check: HeartbeatCheck,
  { known, started, done, failed, says }: Beat,
  now: number,
  gaps: readonly BlindWindow[] = [],
): string => {
  if (failed !== undefined)
    throw new Finding(`reported a failure at ${instant(failed)}${says ? `: ${says}` : ""}`);
  const graceMs = check.graceSeconds * 1000;
  const endUnheard =
    started !== undefined && gaps.some(({ from, to }) => to > started && from < started + graceMs);
  if (started !== undefined && !endUnheard && now - started > graceMs)
    throw new Finding(`started at ${instant(started)} and has not ended in ${span(now - started)}`);
  const latest = due(check, done ?? known, gaps);
  if (now > latest)
    throw new Finding(
      done === undefined
        ? `never heard of; expected by ${instant(latest)}`
        : `last heard at ${instant(done)}; expected by ${instant(latest)}`,
    );
  return done === undefined ? "not heard yet, not due" : `last heard ${span(now - done)} ago`;
};

/** Of a machine's own job its report tells; who else says something by the token is not heard. */
const beatOf = async (
  { token, unit, machine }: HeartbeatCheck,
  reports: Reports,
): Promise<Beat> => {
  const beat = reports.beat(token);
  if (unit === undefined) return beat;
  const { report } = await reports.machine({ kind: "unit", machine });
  return { known: beat.known, ...report.jobs?.[unit] };
};

export const heartbeatKind: ReportedKind<HeartbeatCheck> = {
  source: "reports",
  layer: "data",
  leastSeconds: 30,
  byCalendar: true,
  fields: {
    token: text,
    unit: optional(text),
    periodSeconds: optional(number),
    schedule: optional(calendar),
    graceSeconds: number,
  },
  judge: async (check, reports) =>
    judgeBeat(check, await beatOf(check, reports), reports.now(), reports.blindWindows()),
  advice: ({ id, unit }, machine) => ({
    wrong: `The job ${id} has not reported that it ended well`,
    affects: "what the job does.",
    steps:
      unit === undefined
        ? [{ say: "Look at the job's own log, on the machine that runs it." }]
        : [
            { say: "What did it say?", run: logs(machine, unit) },
            { say: "Do it now.", run: onMachine(machine, `sudo systemctl start ${unit}`) },
          ],
  }),
};
