import type { OffsiteStatus } from "@second-server/contract/backups";
import type { OffsiteCheck } from "@second-server/contract/check-settings";

import { span } from "../alerts/words";
import { number, text } from "../rules";
import { type Advice, onMachine } from "./advice";
import { readLeft } from "./backup";
import type { LookingKind } from "./check-kind";
import { Finding } from "./outcome";

/**
 * @returns how old the newest backup in the third place is. @throws Finding with everything that is
 * wrong with the copy there.
 */
export const checkOffsite = async (check: OffsiteCheck, now = Date.now()): Promise<string> => {
  const status = await readLeft<OffsiteStatus>(check.statusFile);
  // A machine that was set up just now: its first backup is copied as soon as it is there, and the
  // backups' own check tells of one that never came.
  if (status === undefined) return "none yet";
  const since = Date.parse(status.since ?? "");
  const begun = Number.isNaN(since) ? now : since;
  const at = (instant: string | undefined): number => {
    const parsed = Date.parse(instant ?? "");
    return Number.isNaN(parsed) ? begun : parsed;
  };
  const [newest, checked] = [now - at(status.newestAt), now - at(status.checked?.at)];
  const faults = [
    ...(status.copied?.error === undefined
      ? []
      : [`nothing was copied to the third place: ${status.copied.error}`]),
    ...(status.checked?.error === undefined
      ? []
      : [`the copy in the third place was not found whole: ${status.checked.error}`]),
    ...(newest > check.maxAgeSeconds * 1000
      ? [`the newest backup in the third place is ${span(newest)} old`]
      : []),
    ...(checked > check.maxCheckedAgeSeconds * 1000
      ? [`the copy in the third place was not checked for ${span(checked)}`]
      : []),
  ];
  if (faults.length > 0) throw new Finding(faults.join("; "));
  return status.newestAt === undefined
    ? "none yet"
    : `${status.ids?.length ?? 0} backups, newest ${span(newest)} old`;
};

const advice: Advice = {
  wrong: "The third place of the backups is not in order",
  affects:
    "nothing that visitors see now. If both machines were lost, what was written since the newest backup there would be lost with them.",
  steps: [
    { say: "What is there?", run: onMachine("watcher", "sudo fleet-agent backup list") },
    {
      say: "Copy and check now, and see what is wrong.",
      run: onMachine("watcher", "sudo fleet-agent backup offsite"),
    },
    { say: "Its password or key has changed, or it is damaged: docs/backups.md" },
  ],
};

export const offsiteKind: LookingKind<OffsiteCheck> = {
  source: "files",
  layer: "data",
  leastSeconds: 60,
  byCalendar: true,
  fields: {
    statusFile: text,
    maxAgeSeconds: number,
    maxCheckedAgeSeconds: number,
  },
  run: (check) => checkOffsite(check),
  advice: () => advice,
};
