import { existsSync, rmSync } from "node:fs";

import { messageOf } from "@second-server/contract/caught";
import { PATHS } from "@second-server/contract/paths";

import { faultsOf, readManifest, sizeOf } from "../backup/manifest";
import { folderOf } from "../backup/store";
import { withoutService } from "../backup/without-service";
import type { Machine } from "../machine";
import { hasRepository, openRepository } from "./repository";
import { mustRestic, ownRepository } from "./restic";
import { recordServices, servicesIn } from "./services";
import { bringInto } from "./shelf";
import { type Snapshot, snapshotsIn } from "./snapshots";
import { takeOne } from "./take-in";
import { pruneUnlessCopied } from "./upkeep";

const FORGET_SECONDS = 600;

/** The backup as a folder without the service: the plain one, or where that is not whole, brought. */
const sourceOf = async (machine: Machine, one: Snapshot, service: string): Promise<string> => {
  const folder = folderOf(machine, one.id);
  if (existsSync(folder) && faultsOf(folder).length === 0) return folder;
  const brought = machine.at(PATHS.forgetting);
  await bringInto(machine, one, [], brought);
  withoutService(brought, service);
  return brought;
};

/**
 * What a repository holds is never changed: the backup is taken in anew, as it was told of, and only
 * then is the one before let go.
 */
const takeAnew = async (
  machine: Machine,
  twins: readonly Snapshot[],
  service: string,
): Promise<void> => {
  const one = twins.at(-1);
  if (!one) return;
  const folder = await sourceOf(machine, one, service);
  const manifest = readManifest(folder);
  const size =
    "fault" in manifest ? {} : { files: manifest.entries.length, bytes: sizeOf(manifest) };
  await takeOne(machine, { ...one, ...size }, folder);
  await mustRestic(
    machine,
    ownRepository(machine),
    ["forget", "--quiet", ...twins.map(({ snapshot }) => snapshot)],
    { seconds: FORGET_SECONDS },
  );
  rmSync(machine.at(PATHS.forgetting), { recursive: true, force: true });
};

/** Those that have the service, by their ids; asked before anything of it is taken away. */
export const havingService = async (
  machine: Machine,
  service: string,
): Promise<ReadonlyMap<string, readonly Snapshot[]>> => {
  if (!hasRepository(machine)) return new Map();
  const all = await snapshotsIn(machine, ownRepository(machine));
  const services = await servicesIn(machine, all);
  const having = all.filter(({ snapshot }) => services.get(snapshot)?.includes(service));
  return new Map(having.map(({ id }) => [id, all.filter((one) => one.id === id)]));
};

/** One backup's failure is that backup's: the others are gone through, and it is told by name. */
export const forgetInRepository = async (
  machine: Machine,
  service: string,
  having: ReadonlyMap<string, readonly Snapshot[]>,
): Promise<void> => {
  if (!hasRepository(machine)) return;
  await openRepository(machine);
  const complaints: string[] = [];
  let done = 0;
  for (const [id, twins] of having) {
    try {
      await takeAnew(machine, twins, service);
    } catch (error) {
      complaints.push(`${id}: ${messageOf(error)}`);
    }
    machine.log(`${++done} of ${having.size}: ${id} without ${service}`);
  }
  if (having.size > complaints.length) await pruneUnlessCopied(machine, "0");
  await recordServices(machine, await snapshotsIn(machine, ownRepository(machine)));
  if (complaints.length > 0)
    throw new Error(
      `fleet-agent backup forget: ${complaints.length} backups of the repository still have ${service}: ${complaints.join("; ")}. Run it again.`,
    );
};
