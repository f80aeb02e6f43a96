import { messageOf } from "@second-server/contract/caught";
import { PATHS } from "@second-server/contract/paths";

import { failedItems } from "../backup/items";
import { faultsOf, readManifest, sizeOf } from "../backup/manifest";
import { expired } from "../backup/retention";
import { backupIds, doubtsOf, everyMinutesOf, folderOf, keepOf } from "../backup/store";
import { shown } from "../file-names";
import type { Machine } from "../machine";
import { noted, openRepository, recordRepository, repositoryStatus } from "./repository";
import { hasPassword, mustRestic, ownRepository } from "./restic";
import { recordServices } from "./services";
import { type Facts, type Snapshot, isSoundSnapshot, snapshotsIn, tagsOf } from "./snapshots";

/** Above what a first backup of a full disk takes on the smallest droplet. */
const BACKUP_SECONDS = 3 * 3600;
const FORGET_SECONDS = 600;

/**
 * Between the two beside it, where an earlier one is taken in later: a repository that could not be
 * written to for a while.
 */
const orderFor = (
  id: string,
  inOrder: readonly string[],
  known: ReadonlyMap<string, number>,
): number => {
  const place = inOrder.indexOf(id);
  const orders = (ids: readonly string[]): readonly number[] =>
    ids.flatMap((other) => known.get(other) ?? []);
  const after = orders(inOrder.slice(place + 1));
  const before = Math.max(
    0,
    ...(after.length > 0 ? orders(inOrder.slice(0, place)) : [...known.values()]),
  );
  return after.length === 0 ? Math.floor(before) + 1 : (before + Math.min(...after)) / 2;
};

/** Damaged ones too: what is whole in them may be nowhere else. */
const factsOf = (machine: Machine, id: string, order: number): Facts => {
  const manifest = readManifest(folderOf(machine, id));
  const faults = faultsOf(folderOf(machine, id));
  const damage = faults.length > 0 ? [`damaged: ${faults.slice(0, 3).join("; ")}`] : [];
  const doubts = [...damage, ...doubtsOf(machine, id)];
  if ("fault" in manifest)
    return {
      id,
      order,
      at: "",
      files: 0,
      bytes: 0,
      release: "",
      doubts,
      failed: [],
    };
  return {
    id,
    order,
    at: manifest.at,
    files: manifest.entries.length,
    bytes: sizeOf(manifest),
    release: manifest.release.slice(0, 12),
    doubts,
    failed: failedItems(manifest).map((item) => `${shown(item.path)}: ${shown(item.failed)}`),
  };
};

/**
 * Every file is read, whatever its time says: only what is new takes room, and a file that was
 * changed back in time is not missed.
 */
export const takeOne = async (
  machine: Machine,
  facts: Facts,
  folder = folderOf(machine, facts.id),
): Promise<void> => {
  await mustRestic(
    machine,
    ownRepository(machine),
    [
      "backup",
      "--quiet",
      "--force",
      "--host=fleet",
      ...tagsOf(facts).map((tag) => `--tag=${tag}`),
      ".",
    ],
    { seconds: BACKUP_SECONDS, folder },
  );
};

/**
 * Which snapshots go, by the manifest's `keep`: those that are doubtful or lack an item count by
 * themselves, and push out no good one.
 */
export const expiredSnapshots = (
  machine: Machine,
  all: readonly Snapshot[],
  keep = keepOf(machine),
): readonly Snapshot[] => {
  const sound = all.filter(isSoundSnapshot);
  const others = all.filter((one) => !isSoundSnapshot(one));
  const gone = [sound, others].flatMap((some) =>
    expired(
      some.map(({ id }) => id),
      keep,
      everyMinutesOf(machine),
    ),
  );
  return all.filter(({ id }) => gone.includes(id));
};

const forgetExpired = async (
  machine: Machine,
  all: readonly Snapshot[],
): Promise<readonly Snapshot[]> => {
  const gone = expiredSnapshots(machine, all);
  if (gone.length > 0)
    await mustRestic(
      machine,
      ownRepository(machine),
      ["forget", "--quiet", ...gone.map(({ snapshot }) => snapshot)],
      { seconds: FORGET_SECONDS },
    );
  return all.filter((one) => !gone.includes(one));
};

/**
 * Of backups that were taken in twice (killed between the two steps of one, and begun anew), the
 * later stands.
 */
const missingIn = (machine: Machine, all: readonly Snapshot[]): readonly string[] => {
  const known = new Set(all.map(({ id }) => id));
  return [...backupIds(machine)].reverse().filter((id) => !known.has(id));
};

const work = async (machine: Machine): Promise<void> => {
  await openRepository(machine);
  const place = ownRepository(machine);
  const before = await snapshotsIn(machine, place);
  const missing = missingIn(machine, before);
  const orders = new Map(before.map(({ id, order }) => [id, order]));
  const inOrder = [...backupIds(machine)].reverse();
  const complaints: string[] = [];
  for (const id of missing) {
    const order = orderFor(id, inOrder, orders);
    try {
      await takeOne(machine, factsOf(machine, id, order));
      orders.set(id, order);
    } catch (error) {
      complaints.push(`${id}: ${messageOf(error)}`);
    }
  }
  const all = missing.length > 0 ? await snapshotsIn(machine, place) : before;
  const kept = await forgetExpired(machine, all);
  recordRepository(machine, {
    testsSince: repositoryStatus(machine).testsSince ?? machine.now().toISOString(),
    backups: kept.length,
    ...(kept.length > 0 && { newest: kept.at(-1)?.id ?? "" }),
  });
  await recordServices(machine, kept);
  if (complaints.length > 0)
    throw new Error(`not taken into the repository: ${complaints.join("; ")}`);
};

/**
 * Every backup folder that the repository does not have yet goes in, oldest first; then the
 * repository lets go what `keep` says. The folders stay for as long: a recovery reads them.
 */
export const takeIn = async (
  machine: Machine,
  /** Where it has none yet: what there is elsewhere comes first. */
  before: () => Promise<void> = () => Promise.resolve(),
): Promise<void> => {
  await noted(machine, "taken", async () => {
    if (!hasPassword(machine))
      throw new Error(
        `${PATHS.repository}: this machine has not been given the repository's password. Run ./fleet up`,
      );
    await before();
    await work(machine);
  });
};
