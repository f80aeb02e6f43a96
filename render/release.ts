import { isBeside, serviceUnit } from "@second-server/contract/names";
import { sitePath } from "@second-server/contract/paths";
import type {
  MachineFile,
  Release,
  ReleaseFile,
  ReleasePart,
} from "@second-server/contract/release";
import type { Role } from "@second-server/contract/roles";

import type { FleetFacts } from "../config/fleet";
import { desiredState } from "./desired-state";
import { sha256 } from "./digest";
import { copiedServices, copyManifest } from "./failover";
import { renderMachine } from "./machine";
import { nginxFiles } from "./nginx";
import { pack, packOnce } from "./pack";
import { takesPushes } from "./push";
import {
  agentBundle,
  builderTree,
  libsqlTree,
  monitorTree,
  serviceTrees,
  type Tree,
} from "./sources";
import { TAR_END, type TarEntry, tarPart } from "./tar";
import { standInUnits, unitsOf } from "./units";

export interface BuiltRelease {
  readonly release: Release;
  /** Of the gzipped archive, in hex: the release's name. */ readonly sha256: string;
  readonly archive: Buffer;
}

const fileOf = ({
  path,
  mode,
  owner = "root",
  group = "root",
  text,
}: MachineFile): ReleaseFile => ({
  path,
  mode,
  owner,
  group,
  sha256: sha256(text),
});

/** Large, and the same each time. */
const commonTrees = (fleet: FleetFacts, role: Role): Tree[] => [
  libsqlTree(),
  ...(role === "primary" && takesPushes(fleet) ? [builderTree()] : []),
];

const treesOf = (fleet: FleetFacts, role: Role, folder: string): Tree[] => [
  monitorTree(),
  ...commonTrees(fleet, role),
  ...serviceTrees(role === "watcher" ? copiedServices(fleet) : fleet.services, folder),
];

const copyManifests = (fleet: FleetFacts, role: Role, trees: readonly Tree[]): MachineFile[] => {
  const copied = role === "watcher" ? copiedServices(fleet).map(({ name }) => name) : [];
  return trees.filter(({ name }) => copied.includes(name)).map(copyManifest);
};

const contents = (texts: readonly string[], trees: readonly Tree[]): TarEntry[] => [
  ...[...new Map(texts.map((text) => [sha256(text), text]))].map(([hash, text]) => ({
    path: `files/${hash}`,
    mode: 0o600,
    data: Buffer.from(text),
  })),
  ...trees.flatMap(({ name, entries }) =>
    entries.map((entry) => ({ ...entry, path: `trees/${name}/${entry.path}` })),
  ),
];

/**
 * One machine's release. Its bytes depend only on the manifest, the settings and the sources below
 * `folder`: the same input has the same sha256.
 */
export const buildRelease = (fleet: FleetFacts, role: Role, folder: string): BuiltRelease => {
  const trees = treesOf(fleet, role, folder);
  const common = commonTrees(fleet, role);
  const files = [...renderMachine(fleet, role), ...copyManifests(fleet, role, trees)];
  const release: Release = {
    ...desiredState(fleet, role),
    files: files.map(fileOf),
    trees: trees.map(({ name, hash }) => ({ name, hash })),
  };
  const own = tarPart([
    {
      path: "release.json",
      mode: 0o644,
      data: Buffer.from(`${JSON.stringify(release, undefined, 1)}\n`),
    },
    { path: "agent.js", mode: 0o644, data: agentBundle() },
    ...contents(
      [
        ...files.map(({ text }) => text),
        ...(role === "primary" ? fleet.services.flatMap(standInUnits).map(({ text }) => text) : []),
      ],
      trees.filter((tree) => !common.includes(tree)),
    ),
  ]);
  const archive = Buffer.concat([
    pack(own),
    ...common.map((tree) => packOnce(tarPart(contents([], [tree])))),
    pack(TAR_END),
  ]);
  return { release, archive, sha256: sha256(archive) };
};

export interface BuiltPart {
  readonly part: ReleasePart;
  /** Of the gzipped archive, in hex. */
  readonly sha256: string;
  readonly archive: Buffer;
}

/** One service's release, made without a look at the other services: `./fleet deploy`. */
export const buildPart = (fleet: FleetFacts, name: string, folder: string): BuiltPart => {
  const services = fleet.services.filter((service) => service.name === name);
  const wanted = desiredState(fleet, "primary");
  const own = <T extends { readonly service: string }>(all: readonly T[] = []): readonly T[] =>
    all.filter((one) => one.service === name);
  const files = [
    ...services.flatMap(unitsOf),
    ...nginxFiles(fleet, "primary").filter(({ path }) => path === sitePath(name)),
  ];
  const trees = serviceTrees(services, folder);
  const part: ReleasePart = {
    format: wanted.format,
    role: wanted.role,
    ...(wanted.fleet !== undefined && { fleet: wanted.fleet }),
    service: name,
    packages: services.flatMap((service) => service.packages),
    files: files.map(fileOf),
    trees: trees.map((tree) => ({ name: tree.name, hash: tree.hash })),
    units: wanted.units.filter(
      (unit) => unit.name === serviceUnit(name) || isBeside(name, unit.name),
    ),
    probes: own(wanted.probes),
    publicProbes: own(wanted.publicProbes),
    handovers: own(wanted.handovers),
  };
  const texts = [
    ...files.map(({ text }) => text),
    ...services.flatMap(standInUnits).map(({ text }) => text),
  ];
  const archive = pack(
    Buffer.concat([
      tarPart([
        {
          path: "release.json",
          mode: 0o644,
          data: Buffer.from(`${JSON.stringify(part, undefined, 1)}\n`),
        },
        ...contents(texts, trees),
      ]),
      TAR_END,
    ]),
  );
  return { part, archive, sha256: sha256(archive) };
};
