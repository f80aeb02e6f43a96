import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { basename, join } from "node:path";

import { DEBIAN_PATHS, PATHS, treeFolder, unitPath } from "@second-server/contract/paths";
import type { Identity, Release, ReleaseTree } from "@second-server/contract/release";

import { linkTarget, look, readJson } from "./files";
import type { Machine } from "./machine";
import { operatorKeysDrift, pushKeysDrift } from "./operator-keys";
import { readApplied } from "./record";

/** What differs from the release in force. */
export interface Drift {
  readonly sha: string | undefined;
  /** What the next apply of the same release puts right. */
  readonly changed: readonly string[];
  /**
   * What no release has brought and those who read the folder take for a part of it: left alone,
   * since it may be meant.
   */
  readonly strange: readonly string[];
}

const filesDrift = (machine: Machine, { files }: Release): readonly string[] =>
  files.flatMap(({ path, sha256, mode }) => {
    const seen = look(machine.at(path));
    if (!seen) return [`${path}: deleted`];
    if (seen.sha256 !== sha256) return [`${path}: changed`];
    return seen.mode === mode
      ? []
      : [`${path}: mode ${seen.mode.toString(8)}, not ${mode.toString(8)}`];
  });

interface TreeFile {
  readonly path: string;
  readonly mode: number;
}

const below = (folder: string, prefix = ""): readonly TreeFile[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = `${prefix}${entry.name}`;
    if (entry.isDirectory()) return below(join(folder, entry.name), `${path}/`);
    return [{ path, mode: statSync(join(folder, entry.name)).mode & 0o777 }];
  });

/** As render/sources.ts makes it. */
const hashOf = (folder: string): string => {
  const hash = createHash("sha256");
  const files = [...below(folder)].sort((a, b) => (a.path < b.path ? -1 : 1));
  for (const { path, mode } of files) {
    const data = readFileSync(join(folder, path));
    hash.update(`${path}\0${mode.toString(8)}\0${data.length}\0`).update(data);
  }
  return hash.digest("hex").slice(0, 16);
};

const treeDrift = (machine: Machine, { name, hash }: ReleaseTree): readonly string[] => {
  const link = linkTarget(machine.at(treeFolder(name)));
  if (link === undefined || basename(link) !== hash)
    return [`${treeFolder(name)}: ${link === undefined ? "deleted" : `leads to ${link}`}`];
  const folder = machine.at(`${PATHS.trees}/${name}/${hash}`);
  if (!existsSync(folder)) return [`${treeFolder(name)}: its folder is deleted`];
  return hashOf(folder) === hash ? [] : [`${treeFolder(name)}: files in it were changed`];
};

const unitsDrift = async (machine: Machine, { units }: Release): Promise<readonly string[]> => {
  const names = units.filter(({ enable }) => enable).map(({ name }) => name);
  if (names.length === 0) return [];
  const { stdout } = await machine.run(["systemctl", "is-enabled", "--", ...names]);
  const states = stdout.trim().split("\n");
  return names.flatMap((name, index) =>
    ["disabled", "masked", "masked-runtime", "not-found"].includes(states[index] ?? "")
      ? [`${name}: ${states[index]}`]
      : [],
  );
};

/** Folders that are read as a whole: what lies in them takes part, whoever has put it there. */
const readWhole = ({ units }: Release): readonly string[] => [
  `${DEBIAN_PATHS.nginx}/sites`,
  ...units.map(({ name }) => unitPath(`${name}.d`)),
];

const strangers = (machine: Machine, release: Release): readonly string[] => {
  const known = new Set(release.files.map(({ path }) => path));
  return readWhole(release).flatMap((folder) =>
    existsSync(machine.at(folder))
      ? readdirSync(machine.at(folder))
          .map((name) => `${folder}/${name}`)
          .filter((path) => !known.has(path) && !path.endsWith(".fleet-new"))
      : [],
  );
};

/** What was changed by hand since the release in force was placed. */
export const driftOf = async (machine: Machine): Promise<Drift> => {
  const applied = readApplied(machine);
  if (!applied) return { sha: undefined, changed: [], strange: [] };
  const { sha, release } = applied;
  const identity = readJson<Identity>(machine.at(PATHS.identity)) ?? {};
  return {
    sha,
    changed: [
      ...filesDrift(machine, release),
      ...release.trees.flatMap((tree) => treeDrift(machine, tree)),
      ...(await unitsDrift(machine, release)),
      ...operatorKeysDrift(machine, identity),
      ...pushKeysDrift(machine, identity),
    ],
    strange: strangers(machine, release),
  };
};

/**
 * Takes trees away whose files were changed, so that the next apply places them anew; what runs
 * from them holds its files open meanwhile.
 */
export const forgetChangedTrees = (machine: Machine): void => {
  const trees = readApplied(machine)?.release.trees ?? [];
  for (const tree of trees.filter((one) => treeDrift(machine, one).length > 0)) {
    rmSync(machine.at(treeFolder(tree.name)), { force: true });
    rmSync(machine.at(`${PATHS.trees}/${tree.name}/${tree.hash}`), {
      recursive: true,
      force: true,
    });
  }
};

/** For people: a line a fact. */
export const driftText = ({ changed, strange }: Drift): string =>
  [
    ...changed,
    ...strange.map((path) => `${path}: no release has brought it`),
    ...(changed.length + strange.length === 0 ? ["everything is as the release brought it"] : []),
  ].join("\n");
