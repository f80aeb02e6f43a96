import type { ListedBackup } from "@second-server/contract/backups";
import { AGENT } from "@second-server/contract/names";

import { sshCapture } from "./access/ssh";
import type { Context } from "./context";
import type { Reporter } from "./progress/reporter";

const LABEL = "a last backup of the primary";

/**
 * What would be restored unasked: its description can be read, it lacks nothing, and nothing speaks
 * against it.
 */
const isGood = ({ damaged, doubts = [], failed = [] }: ListedBackup): boolean =>
  damaged === undefined && doubts.length === 0 && failed.length === 0;

/** When the newest good one of these was made; they come as they were taken, the last one first. */
export const newestGoodOf = (listed: readonly ListedBackup[]): string | undefined =>
  listed.find(isGood)?.at;

/** What the watcher has, the last one taken first. */
export const listBackups = async (context: Context): Promise<readonly ListedBackup[]> =>
  JSON.parse(
    await sshCapture(context, "watcher", [
      "sudo",
      "timeout",
      "30",
      AGENT,
      "backup",
      "list",
      "--json",
    ]),
  ) as readonly ListedBackup[];

/** When the newest good backup was made; undefined where there is none, or nobody to ask. */
export const newestBackup = async (context: Context): Promise<string | undefined> => {
  try {
    return newestGoodOf(await listBackups(context));
  } catch {
    return undefined;
  }
};

/** "2026-11-27T13:00:00Z, 12 minutes old". */
export const ageText = (at: string, now: number = Date.now()): string => {
  const minutes = Math.max(0, Math.round((now - Date.parse(at)) / 60_000));
  const count = (value: number, unit: string): string =>
    `${value} ${unit}${value === 1 ? "" : "s"} old`;
  if (minutes < 120) return `${at}, ${count(minutes, "minute")}`;
  if (minutes < 48 * 60) return `${at}, ${count(Math.round(minutes / 60), "hour")}`;
  return `${at}, ${count(Math.round(minutes / 1440), "day")}`;
};

/** Has the watcher pull a backup and check it file by file; rejects with its complaint. */
export const pullBackup = async (
  context: Context,
  seconds: number,
  reporter: Reporter,
): Promise<void> => {
  reporter.running("backup", LABEL);
  const began = Date.now();
  try {
    await sshCapture(context, "watcher", [
      "sudo",
      "timeout",
      String(seconds),
      AGENT,
      "backup",
      "pull",
    ]);
  } catch (error) {
    reporter.clear("backup");
    throw error;
  }
  reporter.done("backup", LABEL, (Date.now() - began) / 1000, { failed: false });
};
