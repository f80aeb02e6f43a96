import { createHash } from "node:crypto";

import type { MachineFile, Release, ReleaseFile } from "@second-server/contract/release";
import type { Role } from "@second-server/contract/roles";

import type { FleetFacts } from "../config/fleet";
import { desiredState } from "./desired-state";
import { copiedServices, copyManifest } from "./failover";
import { renderMachine } from "./machine";
import { pack, packOnce } from "./pack";
import { agentBundle, libsqlTree, monitorTree, serviceTrees, type Tree } from "./sources";
import { TAR_END, type TarEntry, tarPart } from "./tar";

export interface BuiltRelease {
  readonly release: Release;
  /** Of the gzipped archive, in hex: the release's name. */ readonly sha256: string;
  readonly archive: Buffer;
}

const sha256 = (data: string | Buffer): string => createHash("sha256").update(data).digest("hex");
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

const treesOf = (fleet: FleetFacts, role: Role, folder: string): Tree[] =>
  role === "watcher"
    ? [monitorTree(), libsqlTree(), ...serviceTrees(copiedServices(fleet), folder)]
    : [monitorTree(), libsqlTree(), ...serviceTrees(fleet.services, folder)];

const copyManifests = (fleet: FleetFacts, role: Role, trees: readonly Tree[]): MachineFile[] => {
  const copied = role === "watcher" ? copiedServices(fleet).map(({ name }) => name) : [];
  return trees.filter(({ name }) => copied.includes(name)).map(copyManifest);
};

const contents = (files: readonly MachineFile[], trees: readonly Tree[]): TarEntry[] => [
  ...[...new Map(files.map(({ text }) => [sha256(text), text]))].map(([hash, text]) => ({
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
      files,
      trees.filter((tree) => tree !== libsqlTree()),
    ),
  ]);
  const archive = Buffer.concat([
    pack(own),
    packOnce(tarPart(contents([], [libsqlTree()]))),
    pack(TAR_END),
  ]);
  return { release, archive, sha256: sha256(archive) };
};
