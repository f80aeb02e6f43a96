import { realpathSync, renameSync, rmSync } from "node:fs";

import { messageOf } from "@second-server/contract/caught";
import { PATHS } from "@second-server/contract/paths";

import { failedItems } from "../backup/items";
import { ANSWER_LIMIT, peer } from "../backup/peer-link";
import { shown } from "../file-names";
import { makeFolder } from "../files";
import { withLock } from "../lock";
import type { Machine } from "../machine";
import {
  letLiveGo,
  liveAt,
  liveFolder,
  liveIds,
  liveStatus,
  nextLiveId,
  noteLiveDoubts,
  recordLive,
} from "./copies";
import { liveDoubtsOf } from "./doubts";
import { fetchLive } from "./fetch-live";
import { ASKED_SECONDS, SAME } from "./watch";

/** For a copy that the primary is making when it is asked. */
const GRACE_SECONDS = 120;
/** Whatever the primary says. */
const PAUSE_MS = 1000;
/** At first a failure is a restart or a moment's; one that lasts is not asked after so often. */
const AFTER_FAILURE_MS = 5000;
const AFTER_MINUTES_MS = 30_000;

/** The list of a newer copy than that of this moment; undefined where there is none. */
const askFor = async (machine: Machine, has: number): Promise<string | undefined> => {
  const { code, stdout, stderr } = await machine.run(peer(`live ${has}`), {
    seconds: ASKED_SECONDS + GRACE_SECONDS,
    limit: ANSWER_LIMIT,
    holdInput: true,
  });
  if (code !== 0)
    throw new Error(`the primary does not say (exit ${code}): ${shown(stderr.trim())}`);
  const answer = stdout.trim().split("\n").at(-1) ?? "";
  if (answer === SAME || answer.startsWith("{")) return answer === SAME ? undefined : answer;
  throw new Error("the primary does not say whether something has changed");
};

/** While somebody reads copies, none of them goes: the next one that comes makes up for it. */
const letGoUnlessRead = async (machine: Machine): Promise<void> => {
  try {
    await withLock(
      machine,
      "backup follow",
      0,
      () => Promise.resolve(letLiveGo(machine)),
      PATHS.backupLock,
    );
  } catch (error) {
    machine.log(`live copies: none is let go now: ${messageOf(error)}`);
  }
};

const take = async (machine: Machine, list: string): Promise<void> => {
  const [newest] = liveIds(machine);
  const folder = machine.at(`${PATHS.live}/.coming`);
  rmSync(folder, { recursive: true, force: true });
  makeFolder(folder, 0o700);
  try {
    const base = newest === undefined ? undefined : liveFolder(machine, newest);
    const manifest = await fetchLive(machine, folder, list, base);
    const id = nextLiveId(machine);
    const doubts = liveDoubtsOf(machine, folder);
    noteLiveDoubts(machine, id, doubts);
    renameSync(folder, liveFolder(machine, id));
    const failed = failedItems(manifest).map((one) => `${shown(one.path)}: ${shown(one.failed)}`);
    recordLive(machine, {
      at: machine.now().toISOString(),
      problems: [...doubts, ...failed.map((text) => `no copy of ${text}`)],
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  await letGoUnlessRead(machine);
};

/** One question, and what comes of it. */
export const followOnce = async (machine: Machine): Promise<void> => {
  makeFolder(machine.at(PATHS.live), 0o700);
  const [newest] = liveIds(machine);
  const has = newest === undefined ? 0 : Math.max(0, Date.parse(liveAt(machine, newest)) || 0);
  try {
    const asked = machine.now().getTime();
    const list = await askFor(machine, has);
    if (list !== undefined) {
      await take(machine, list);
      await machine.sleep(PAUSE_MS);
    } else if (machine.now().getTime() - asked < ASKED_SECONDS * 500)
      // No honest one says so soon that nothing has changed.
      await machine.sleep(AFTER_FAILURE_MS);
    recordLive(machine, {
      askedAt: machine.now().toISOString(),
      failingSince: undefined,
      error: undefined,
    });
  } catch (error) {
    const { failingSince = machine.now().toISOString() } = liveStatus(machine);
    recordLive(machine, { failingSince, error: messageOf(error) });
    machine.log(`live copies: ${messageOf(error)}`);
    const lasts = machine.now().getTime() - Date.parse(failingSince) > 120_000;
    await machine.sleep(lasts ? AFTER_MINUTES_MS : AFTER_FAILURE_MS);
  }
};

const programNow = (): string | undefined => {
  try {
    return realpathSync(process.argv[1] ?? "");
  } catch {
    return undefined;
  }
};

/** On the watcher, until there is another agent than this one: systemd starts that. */
export const follow = async (machine: Machine): Promise<number> => {
  const program = programNow();
  recordLive(machine, { askedAt: machine.now().toISOString() });
  while (programNow() === program) await followOnce(machine);
  return 0;
};
