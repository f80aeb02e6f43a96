import { dirname, join } from "node:path";

import type { WatchdogConfig } from "@second-server/contract/observatory";

import type { Log } from "../adapters/log";
import type { Window } from "../alerts/maintenance";
import { objectOf, text, time } from "../store/shapes";
import { readStateFile, writeAtomically } from "../store/state-file";

/**
 * The watcher is away on purpose: `up` powers it off for another size, or makes it anew. Times are
 * milliseconds since the epoch.
 */
interface Absence {
  readonly title: string;
  readonly from: number;
  readonly to: number;
}

const MINUTE_MS = 60_000;
const LONGEST_MINUTES = 120;
const NONE: Absence = { title: "", from: 0, to: 0 };
const fits = objectOf<Absence>({ title: text, from: time, to: time });

const fileOf = ({ stateFile }: Pick<WatchdogConfig, "stateFile">): string =>
  join(dirname(stateFile), "watcher-away.json");

/**
 * The window that runs now, if one does. It is asked at each look: it is another process that
 * writes it.
 */
export const absence = (config: WatchdogConfig, log: Log, now: number): readonly Window[] => {
  const { title, from, to } = readStateFile<Absence>(fileOf(config), fits, NONE, log);
  return from <= now && now < to ? [{ id: from, title, from, to }] : [];
};

const write = (config: WatchdogConfig, absent: Absence): void =>
  writeAtomically(fileOf(config), JSON.stringify(absent));

/** From now on, for so long at most: should nobody come to end it, it ends by itself. */
export const beginAbsence = (
  config: WatchdogConfig,
  title: string,
  minutes: number,
  now: number,
): string => {
  if (!(minutes > 0 && minutes <= LONGEST_MINUTES))
    throw new Error(`the watcher may be away for 1 to ${LONGEST_MINUTES} minutes`);
  write(config, { title, from: now, to: now + minutes * MINUTE_MS });
  return `the watcher may be away for ${minutes} minutes: ${title}`;
};

/** What has failed meanwhile has to pass again before it counts as mended: it gets that long. */
export const endAbsence = (config: WatchdogConfig, now: number, log: Log): string => {
  const [open] = absence(config, log, now);
  if (open === undefined) return "the watcher was not said to be away";
  const seconds =
    ((config.watcher?.passAfter ?? 1) + 1) * config.intervalSeconds + config.timeoutSeconds;
  write(config, { title: open.title, from: open.from, to: now + seconds * 1000 });
  return `the watcher is expected back within ${seconds} s`;
};
