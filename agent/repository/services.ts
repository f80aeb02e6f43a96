import type { KeptService } from "@second-server/contract/backups";
import { messageOf } from "@second-server/contract/caught";
import { PATHS } from "@second-server/contract/paths";

import { readManifest } from "../backup/manifest";
import { goneWhen } from "../backup/retention";
import { everyMinutesOf, folderOf, keepOf } from "../backup/store";
import { readJson, writeWhole } from "../files";
import type { Machine } from "../machine";
import { recordRepository } from "./repository";
import { mustRestic, ownRepository } from "./restic";
import { type Snapshot, isSoundSnapshot } from "./snapshots";

const LIST_SECONDS = 120;

/** As the manifest has names of services; anything else that lies there is none. */
export const isServiceName = (name: string): boolean => /^[a-z][a-z0-9-]{0,40}$/.test(name);

const inFolder = (machine: Machine, id: string): readonly string[] | undefined => {
  const manifest = readManifest(folderOf(machine, id));
  if ("fault" in manifest) return undefined;
  return [...manifest.entries, ...(manifest.items ?? []).filter((item) => !item.failed)].flatMap(
    ({ path }) => /^data\/([^/]+)/.exec(path)?.[1] ?? [],
  );
};

/** The names below its folder "data"; restic tells a line a thing. */
const inRepository = async (machine: Machine, snapshot: string): Promise<readonly string[]> => {
  const words = ["ls", "--json", "--no-lock", snapshot, "/data"];
  const said = await mustRestic(machine, ownRepository(machine), words, { seconds: LIST_SECONDS });
  return said
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .flatMap((line) => {
      const { path } = JSON.parse(line) as { readonly path?: unknown };
      return (typeof path === "string" && /^\/data\/([^/]+)$/.exec(path)?.[1]) || [];
    });
};

/**
 * The services that each snapshot has data of, by restic's name of it. Written down: to ask the
 * repository takes a second a snapshot.
 */
export const servicesIn = async (
  machine: Machine,
  all: readonly Snapshot[],
): Promise<ReadonlyMap<string, readonly string[]>> => {
  const path = machine.at(PATHS.repositoryServices);
  const known = new Map(Object.entries(readJson<Record<string, readonly string[]>>(path) ?? {}));
  const found = new Map<string, readonly string[]>();
  for (const { snapshot, id } of all) {
    const names =
      known.get(snapshot) ?? inFolder(machine, id) ?? (await inRepository(machine, snapshot));
    found.set(snapshot, [...new Set(names.filter(isServiceName))].sort());
  }
  const text = JSON.stringify(Object.fromEntries(found));
  if (text !== JSON.stringify(Object.fromEntries(known))) writeWhole(path, text, 0o600);
  return found;
};

/** Of each service, how many backups have data of it, and until when. */
export const keptServices = async (
  machine: Machine,
  all: readonly Snapshot[],
): Promise<Readonly<Record<string, KeptService>>> => {
  const services = await servicesIn(machine, all);
  const sound = all.filter(isSoundSnapshot).map(({ id }) => id);
  const gone = goneWhen(sound, keepOf(machine), everyMinutesOf(machine), machine.now());
  const names = new Set([...services.values()].flat());
  return Object.fromEntries(
    [...names].sort().map((name): readonly [string, KeptService] => {
      const ids = all
        .filter(({ snapshot }) => services.get(snapshot)?.includes(name))
        .map(({ id }) => id);
      const ends = ids.map((id) => gone.get(id)?.getTime());
      return [
        name,
        {
          backups: new Set(ids).size,
          newest: ids.at(-1) ?? "",
          ...(ends.every((end) => end !== undefined) && {
            until: new Date(Math.max(...ends)).toISOString(),
          }),
        },
      ];
    }),
  );
};

/** For who asks what is still kept of a service that is gone. That it fails costs no backup. */
export const recordServices = async (machine: Machine, all: readonly Snapshot[]): Promise<void> => {
  try {
    recordRepository(machine, { services: await keptServices(machine, all) });
  } catch (error) {
    machine.log(`which services the backups have can't be told: ${messageOf(error)}`);
  }
};
