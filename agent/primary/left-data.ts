import { existsSync, readdirSync, rmSync } from "node:fs";

import type { LeftData } from "@second-server/contract/backups";
import { isBeside, serviceUnit } from "@second-server/contract/names";
import { PATHS, serviceDataFolder } from "@second-server/contract/paths";
import type { Release } from "@second-server/contract/release";

import { forgetInAside } from "../backup/aside";
import { type Machine, must } from "../machine";
import { servicesOf } from "../parts/part";
import { note, readApplied } from "../record";

const SIZE_SECONDS = 20;
const REMOVE_SECONDS = 1800;

const isName = (name: string): boolean => /^[a-z][a-z0-9-]{0,40}$/.test(name);

const has = (release: Release, service: string): boolean =>
  servicesOf(release).includes(service) ||
  [...release.data, ...release.probes].some((one) => one.service === service) ||
  release.units.some(({ name }) => name === serviceUnit(service) || isBeside(service, name));

const releaseOf = (machine: Machine): Release | undefined => {
  const release = readApplied(machine)?.release;
  return release?.role === "primary" ? release : undefined;
};

/**
 * What a service has of its own on a primary: its data, what an operator's restore has set aside of
 * it, the copy that the watcher would fetch, and the releases that it could have gone back to.
 */
const placesOf = (service: string): readonly string[] => [
  serviceDataFolder(service),
  `${PATHS.beforeRestore}/${service}`,
  `${PATHS.beforeRestore}.undo/${service}`,
  `${PATHS.restore}/data/${service}`,
  `${PATHS.backupExport}/data/${service}`,
  `${PATHS.liveExport}/data/${service}`,
  `${PATHS.parts}/${service}.json`,
  `${PATHS.trees}/${service}`,
];

const sizeOf = async (machine: Machine, path: string): Promise<number | undefined> => {
  const { code, stdout } = await machine.run(["du", "-s", "--block-size=1", "--", path], {
    seconds: SIZE_SECONDS,
  });
  const bytes = Number(stdout.split("\t")[0]);
  return code === 0 && Number.isSafeInteger(bytes) ? bytes : undefined;
};

/** The folders of services that the release in force does not have. */
export const leftData = async (machine: Machine): Promise<readonly LeftData[]> => {
  const [release, root] = [releaseOf(machine), machine.at(PATHS.serviceData)];
  if (!release || !existsSync(root)) return [];
  const names = readdirSync(root, { withFileTypes: true })
    .filter((one) => one.isDirectory() && isName(one.name) && !has(release, one.name))
    .map(({ name }) => name)
    .sort();
  return await Promise.all(
    names.map(async (service): Promise<LeftData> => {
      const bytes = await sizeOf(machine, `${root}/${service}`);
      return { service, ...(bytes !== undefined && { bytes }) };
    }),
  );
};

/** What would be deleted; rejects where the service is not gone. */
export const whatIsLeft = (machine: Machine, service: string): readonly string[] => {
  const release = releaseOf(machine);
  if (!release)
    throw new Error("fleet-agent forget: no primary's release is in force here. Run ./fleet up");
  if (!isName(service))
    throw new Error(`fleet-agent forget: ${JSON.stringify(service)} is no service's name.`);
  if (has(release, service))
    throw new Error(
      `fleet-agent forget: ${service} is served here. Take it out of fleet.yaml, run ./fleet up, and then forget it.`,
    );
  return placesOf(service).filter((path) => existsSync(machine.at(path)));
};

/** By a program that follows no link which the service may have left. */
export const forgetService = async (machine: Machine, service: string): Promise<void> => {
  const places = whatIsLeft(machine, service);
  if (places.length === 0) return machine.log(`nothing of ${service} is left here`);
  for (const end of ["", ".undo"])
    forgetInAside(machine.at(`${PATHS.beforeRestore}${end}`), service);
  await must(
    machine,
    ["rm", "-rf", "--one-file-system", "--", ...places.map((path) => machine.at(path))],
    { seconds: REMOVE_SECONDS },
  );
  // Its list still has it: the next one is made anew.
  if (places.some((path) => path.startsWith(PATHS.liveExport)))
    for (const path of [PATHS.liveExport, PATHS.liveSeen])
      rmSync(machine.at(path), { recursive: true, force: true });
  note(machine, `forgot ${service}: ${places.join(", ")}`);
  for (const path of places) machine.log(`deleted ${path}`);
};
