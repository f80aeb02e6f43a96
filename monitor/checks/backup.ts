import { readFile, stat } from "node:fs/promises";
import { dirname } from "node:path";

import type { BackupStatus } from "@second-server/contract/backups";
import { codeOf, messageOf } from "@second-server/contract/caught";
import type { BackupCheck } from "@second-server/contract/check-settings";

import { span } from "../alerts/words";
import { number, optional, text } from "../rules";
import { type Advice, onMachine } from "./advice";
import type { LookingKind } from "./check-kind";
import { Finding } from "./outcome";

/** What the agent leaves behind; undefined where it has not yet. */
export const readLeft = async <Status>(path: string): Promise<Status | undefined> => {
  try {
    return JSON.parse(await readFile(path, "utf8")) as Status;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw new Finding(`${path}: ${messageOf(error)}`);
  }
};
export const readBackupStatus = async (path: string): Promise<BackupStatus> =>
  (await readLeft<BackupStatus>(path)) ?? {};

/**
 * @returns how old the newest verified backup is. @throws Finding when that is too old, or none was
 * made in time.
 */
export const checkBackup = async (check: BackupCheck, now = Date.now()): Promise<string> => {
  const status = await readLeft<BackupStatus>(check.statusFile);
  const limit = check.maxAgeSeconds * 1000;
  const because = status?.error === undefined ? "" : `; last error: ${status.error}`;
  if (status?.newestVerifiedAt === undefined) {
    if (status?.problems !== undefined && status.problems.length > 0)
      throw new Finding(status.problems.join("; "));
    const since = now - (await stat(dirname(check.statusFile))).mtimeMs;
    if (since > limit)
      throw new Finding(
        `no verified backup in the ${span(since)} since this machine was set up${because}`,
      );
    return "none yet, not due";
  }
  const age = now - Date.parse(status.newestVerifiedAt);
  if (!(age <= limit))
    throw new Finding(
      `the newest verified backup is ${span(age)} old, more than ${span(limit)}${because}`,
    );
  if (status.problems !== undefined && status.problems.length > 0)
    throw new Finding(status.problems.join("; "));
  const restore =
    check.maxRestoreAgeSeconds === undefined
      ? undefined
      : now - Date.parse(status.lastRestoreAt ?? "");
  if (restore !== undefined && !(restore <= (check.maxRestoreAgeSeconds ?? 0) * 1000))
    throw new Finding(
      status.lastRestoreAt === undefined
        ? "no restore was ever verified"
        : `the last verified restore was ${span(restore)} ago`,
    );
  return `newest ${span(age)} old`;
};

const advice: Advice = {
  wrong: "The backups are not in order",
  affects:
    "nothing that visitors see now. What users wrote since the newest backup would be lost with the primary.",
  steps: [
    { say: "Which backups are there?", run: onMachine("watcher", "sudo fleet-agent backup list") },
    {
      say: "Take one now; it says what is wrong.",
      run: onMachine("watcher", "sudo fleet-agent backup pull"),
    },
    {
      say: "Less is there than before, and that is meant?",
      run: onMachine("watcher", "sudo fleet-agent backup accept"),
    },
  ],
};

export const backupKind: LookingKind<BackupCheck> = {
  source: "files",
  layer: "data",
  leastSeconds: 60,
  byCalendar: true,
  fields: {
    statusFile: text,
    maxAgeSeconds: number,
    maxRestoreAgeSeconds: optional(number),
  },
  run: (check) => checkBackup(check),
  advice: () => advice,
};
