import { createHash } from "node:crypto";
import { basename } from "node:path";

import { isBeside, serviceUnit } from "@second-server/contract/names";
import { sitePath, unitPath } from "@second-server/contract/paths";
import type { Release, ReleasePart } from "@second-server/contract/release";

/** Services of a release: each has a vhost of its own. */
export const servicesOf = ({ files, publicProbes = [] }: Release): readonly string[] =>
  publicProbes
    .map(({ service }) => service)
    .filter((service) => files.some(({ path }) => path === sitePath(service)));

const isOwnUnit = (service: string, unit: string): boolean =>
  unit === serviceUnit(service) || isBeside(service, unit);
/** A unit's file that is no drop-in. */
const unitOf = (path: string): string => (unitPath(basename(path)) === path ? basename(path) : "");

/** What a release has of one service. */
export const partOf = (release: Release, service: string): ReleasePart => {
  const own = <T extends { readonly service: string }>(all: readonly T[] = []): readonly T[] =>
    all.filter((one) => one.service === service);
  return {
    format: release.format,
    role: release.role,
    ...(release.fleet === undefined ? {} : { fleet: release.fleet }),
    service,
    packages: [],
    files: release.files.filter(
      ({ path }) => path === sitePath(service) || isOwnUnit(service, unitOf(path)),
    ),
    trees: release.trees.filter(({ name }) => name === service),
    units: release.units.filter(({ name }) => isOwnUnit(service, name)),
    probes: own(release.probes),
    publicProbes: own(release.publicProbes),
    handovers: own(release.handovers),
    ...(release.pushed?.[service] && { pushed: release.pushed[service] }),
  };
};

/** What it is called: the same parts have the same name. */
export const idOf = ({ files, trees, units, handovers }: ReleasePart): string =>
  createHash("sha256")
    .update(JSON.stringify([files, trees, units, handovers]))
    .digest("hex")
    .slice(0, 12);

/** The contents that a part names. */
export const hashesOf = ({ files, handovers }: ReleasePart): readonly string[] => [
  ...files.map(({ sha256 }) => sha256),
  ...handovers.flatMap(({ units }) => units.map(({ sha256 }) => sha256)),
];

/** The release with one of its services exchanged. */
export const withPart = (release: Release, part: ReleasePart): Release => {
  const was = partOf(release, part.service);
  const exchange = <T>(
    all: readonly T[] = [],
    old: readonly T[],
    own: readonly T[],
  ): readonly T[] => [...all.filter((one) => !old.includes(one)), ...own];
  const { pushed: before = {}, ...others } = release;
  const pushed = Object.entries(before).filter(([service]) => service !== part.service);
  if (part.pushed) pushed.push([part.service, part.pushed]);
  return {
    ...others,
    ...(pushed.length > 0 && { pushed: Object.fromEntries(pushed) }),
    packages: [...new Set([...release.packages, ...part.packages])].sort(),
    files: exchange(release.files, was.files, part.files),
    trees: exchange(release.trees, was.trees, part.trees),
    units: exchange(release.units, was.units, part.units),
    probes: exchange(release.probes, was.probes, part.probes),
    publicProbes: exchange(release.publicProbes, was.publicProbes, part.publicProbes),
    handovers: exchange(release.handovers, was.handovers, part.handovers),
  };
};

const hostsOf = ({ publicProbes }: Pick<ReleasePart, "publicProbes">): string =>
  publicProbes.map(({ url }) => new URL(url).host).join(" ");

/** What the Observatory and the watchdog know of its workers and jobs: their names and times. */
const besideOf = ({ units, files }: ReleasePart): string =>
  JSON.stringify([
    units.map(({ name }) => name).sort(),
    files
      .filter(({ path }) => path.endsWith(".timer"))
      .map(({ path, sha256 }) => `${path} ${sha256}`)
      .sort(),
  ]);

/** What a part of that service has no business to bring. */
const foreignIn = ({ service, files, trees, units }: ReleasePart): readonly string[] => [
  ...files
    .map(({ path }) => path)
    .filter((path) => path !== sitePath(service) && !isOwnUnit(service, unitOf(path))),
  ...trees.map(({ name }) => name).filter((name) => name !== service),
  ...units.map(({ name }) => name).filter((name) => !isOwnUnit(service, name)),
];

/** Why a part does not belong into a release; undefined when it does. */
export const refusalOf = (release: Release, part: ReleasePart): string | undefined => {
  const { service, fleet, role } = part;
  if (role !== release.role)
    return `it is for the ${role}, and this machine is the ${release.role}.`;
  if (fleet !== release.fleet)
    return `it is a release of the fleet ${fleet ?? "of nobody's"}, and this machine is of ${release.fleet ?? "one that an earlier version made: run ./fleet up first"}.`;
  if (!servicesOf(release).includes(service))
    return `this machine has no service "${service}" yet. Its name and certificate come with: ./fleet up`;
  const foreign = foreignIn(part);
  if (foreign.length > 0) return `it brings what is not of "${service}": ${foreign.join(", ")}.`;
  const was = partOf(release, service);
  if (hostsOf(was) !== hostsOf(part))
    return `its name was ${hostsOf(was)} and is to be ${hostsOf(part)}. The DNS record and the certificate come with: ./fleet up`;
  if (
    JSON.stringify([was.probes, was.publicProbes]) !==
    JSON.stringify([part.probes, part.publicProbes])
  )
    return "its port or its health check is to be another. The watchdog and the Observatory are told of that by: ./fleet up";
  if (besideOf(was) !== besideOf(part))
    return "its workers, its jobs or their times are to be others. The watchdog and the Observatory are told of that by: ./fleet up";
  return undefined;
};
