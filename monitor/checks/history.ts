import type { HistoryCheck } from "@second-server/contract/check-settings";

import { span } from "../alerts/words";
import { number, text } from "../rules";
import { type Advice, onMachine } from "./advice";
import { readBackupStatus } from "./backup";
import type { LookingKind } from "./check-kind";
import { Finding } from "./outcome";

/**
 * @returns how old the copy of this monitor's history on the primary is. @throws Finding when that
 * is too old.
 */
export const checkHistory = async (check: HistoryCheck, now = Date.now()): Promise<string> => {
  const { history } = await readBackupStatus(check.statusFile);
  // An agent of before made none, and a machine that was set up just now has none yet.
  if (history === undefined) return "none yet";
  const because = history.error === undefined ? "" : `; last error: ${history.error}`;
  if (history.at === undefined) throw new Finding(`there is no copy on the primary${because}`);
  const age = now - Date.parse(history.at);
  // One that fails, as the primary restarts, is none to be woken for.
  if (!(age <= check.maxAgeSeconds * 1000))
    throw new Finding(`the copy on the primary is ${span(age)} old${because}`);
  return `copied ${span(age)} ago`;
};

const advice: Advice = {
  wrong: "The Observatory's own history is not copied to the primary",
  affects:
    "nothing that visitors see now. If the watcher were lost, its history and incidents since that copy would be lost with it.",
  steps: [
    {
      say: "Copy it now, and see what is wrong.",
      run: onMachine("watcher", "sudo fleet-agent backup send-history"),
    },
    { say: "The primary's disk is full: docs/runbooks/disk-full.md" },
  ],
};

export const historyKind: LookingKind<HistoryCheck> = {
  source: "files",
  layer: "data",
  leastSeconds: 60,
  byCalendar: true,
  fields: { statusFile: text, maxAgeSeconds: number },
  run: (check) => checkHistory(check),
  advice: () => advice,
};
