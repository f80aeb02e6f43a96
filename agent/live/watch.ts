import { lstatSync } from "node:fs";

import { PATHS } from "@second-server/contract/paths";
import type { Release } from "@second-server/contract/release";

import { type BackupManifest, readManifest } from "../backup/manifest";
import { readJson, writeWhole } from "../files";
import { withLock } from "../lock";
import type { Machine } from "../machine";
import { readApplied } from "../record";
import { prepareLiveShutIn } from "../shut-in";

/** A question is answered after so long, whether something has changed or not. */
export const ASKED_SECONDS = 300;
/** The answer when nothing has changed; else it is the list of the copy that can be fetched. */
export const SAME = "same";
const LOOK_MS = 1000;
/** Between two copies: who writes all the time costs a copy each so often, and no more. */
const PAUSE_MS = 3000;
/** A larger one is copied by the pulls alone: each change would be a copy of all of it. */
export const LIVE_BYTES = 64 * 1024 * 1024;

/** Before such a one's path: who copies can't look into a service's folder himself. */
export const TOO_LARGE = "large:";

type Data = Release["data"][number];
type Seen = Readonly<Record<string, string>>;

/** The databases of the release that is in force. */
export const databasesOf = (machine: Machine): readonly Data[] =>
  (readApplied(machine)?.release.data ?? []).filter(({ kind }) => kind === "sqlite");

/** Of a file that a service may put anything in the place of: it is never opened. */
const seenOf = (path: string) => lstatSync(path, { throwIfNoEntry: false, bigint: true });

const isTooLarge = (machine: Machine, { path }: Data): boolean =>
  Number(seenOf(machine.at(path))?.size ?? 0n) > LIVE_BYTES;

const markOf = (path: string): string => {
  const seen = seenOf(path);
  // SQLite leaves an empty write-ahead log behind, or none.
  return seen === undefined || seen.size === 0n ? "" : `${seen.ino}:${seen.size}:${seen.mtimeNs}`;
};
/** A commit changes the database or its write-ahead log. */
const look = (machine: Machine, databases: readonly Data[]): Seen =>
  Object.fromEntries(
    databases.map((data) => [
      data.path,
      isTooLarge(machine, data)
        ? "too large"
        : ["", "-wal"].map((end) => markOf(machine.at(`${data.path}${end}`))).join(" "),
    ]),
  );

export const exported = (machine: Machine): BackupManifest | undefined => {
  const manifest = readManifest(machine.at(PATHS.liveExport));
  return "fault" in manifest ? undefined : manifest;
};
const exportedAt = (machine: Machine): number => Date.parse(exported(machine)?.at ?? "") || 0;

export type PrepareLive = (paths: readonly string[]) => Promise<number>;

interface Change {
  readonly now: Seen;
  readonly paths: readonly string[];
}
/** What is otherwise than in the copy before, not too soon after that one. */
const changeOf = (machine: Machine, databases: readonly Data[]): Change | undefined => {
  const age = machine.now().getTime() - exportedAt(machine);
  if (age >= 0 && age < PAUSE_MS) return undefined;
  const seen = readJson<Seen>(machine.at(PATHS.liveSeen)) ?? {};
  const now = look(machine, databases);
  const paths = databases.map(({ path }) => path).filter((path) => now[path] !== seen[path]);
  return paths.length > 0 ? { now, paths } : undefined;
};

/** Looked at before it is copied: what is written meanwhile is a change again. */
const copyChanged = async (
  machine: Machine,
  databases: readonly Data[],
  prepare: PrepareLive,
): Promise<void> => {
  const change = changeOf(machine, databases);
  if (change === undefined) return;
  const code = await prepare(
    databases
      .filter(({ path }) => change.paths.includes(path))
      .map((data) => `${isTooLarge(machine, data) ? TOO_LARGE : ""}${data.path}`),
  );
  if (code !== 0) throw new Error(`fleet-agent: no live copy could be made (exit ${code})`);
  writeWhole(machine.at(PATHS.liveSeen), JSON.stringify(change.now), 0o600);
};

/**
 * On the primary: waits until a database is otherwise than in the copy that the watcher has, and
 * makes one. Resolves with whether there is one to fetch; earlier when nobody waits any more.
 */
export const awaitChange = async (
  machine: Machine,
  has: number,
  nobodyWaits: AbortSignal = new AbortController().signal,
  prepare: PrepareLive = prepareLiveShutIn,
): Promise<boolean> => {
  const until = machine.now().getTime() + ASKED_SECONDS * 1000;
  const gone = new Promise<void>((resolve) => {
    nobodyWaits.addEventListener("abort", () => resolve(), { once: true });
  });
  for (;;) {
    const databases = databasesOf(machine);
    if (changeOf(machine, databases) !== undefined)
      await withLock(
        machine,
        "peer live",
        60,
        () => copyChanged(machine, databases, prepare),
        PATHS.liveLock,
      );
    const at = exportedAt(machine);
    if (databases.length > 0 && at !== has && at !== 0) return true;
    if (nobodyWaits.aborted || machine.now().getTime() >= until) return false;
    await machine.sleep(LOOK_MS, gone);
  }
};

/** The watcher keeps its end of standard input open for as long as it waits. */
export const awaitChangeForPeer = async (machine: Machine, has: number): Promise<boolean> => {
  const stop = new AbortController();
  for (const event of ["end", "close", "error"])
    process.stdin.once(event, () => {
      stop.abort();
    });
  process.stdin.resume();
  try {
    return await awaitChange(machine, has, stop.signal);
  } finally {
    process.stdin.destroy();
  }
};
