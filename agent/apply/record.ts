import { appendFileSync, existsSync, mkdirSync, readdirSync, rmSync, statSync } from "node:fs";

import { PATHS } from "@second-server/contract/paths";
import type { Release } from "@second-server/contract/release";

import { linkTarget, readJson, writeWhole } from "../files";
import type { Machine } from "../machine";

/** Which release is in force, and since when. */
export interface Applied {
  readonly sha: string;
  readonly at: string;
  readonly release: Release;
}

const KEPT = 3;

export const readApplied = (machine: Machine): Applied | null =>
  readJson<Applied>(machine.at(PATHS.applied));
export const readPrevious = (machine: Machine): Applied | null =>
  readJson<Applied>(machine.at(PATHS.previous));

const write = (machine: Machine, path: string, value: Applied): void =>
  writeWhole(machine.at(path), `${JSON.stringify(value)}\n`, 0o600);

/** The machine's own account of what was done to it. That it can't be written (a full disk) must not hide what was to be written. */
export const note = (machine: Machine, text: string): void => {
  try {
    mkdirSync(machine.at(PATHS.agentState), { recursive: true, mode: 0o700 });
    appendFileSync(
      machine.at(PATHS.agentLog),
      `${machine.now().toISOString()} ${text.replaceAll("\n", "\n  ")}\n`,
    );
  } catch (error) {
    machine.log(`${PATHS.agentLog} can't be written: ${(error as Error).message}`);
  }
};

/** The release is in force; the one before it is what `rollback` returns to. From the first time on, the machine is sealed against restores. */
export const recordApplied = (machine: Machine, sha: string, release: Release): void => {
  const before = readApplied(machine);
  if (!existsSync(machine.at(PATHS.sealed)))
    writeWhole(machine.at(PATHS.sealed), `${machine.now().toISOString()}\n`, 0o600);
  if (before?.sha === sha) return;
  if (before) write(machine, PATHS.previous, before);
  write(machine, PATHS.applied, { sha, at: machine.now().toISOString(), release });
  note(machine, `applied ${sha}`);
};

const newestFirst = (
  machine: Machine,
  folder: string,
  matches: (name: string) => boolean,
): readonly string[] => {
  if (!existsSync(machine.at(folder))) return [];
  return readdirSync(machine.at(folder))
    .filter(matches)
    .map((name) => ({ path: machine.at(`${folder}/${name}`), name }))
    .map(({ path, name }) => ({ path, name, at: statSync(path).mtimeMs }))
    .sort((a, b) => b.at - a.at)
    .map(({ path }) => path);
};

/** Keeps the last three bundles and releases, and the trees that the current or the previous release uses. */
export const tidy = (machine: Machine): void => {
  const [applied, previous] = [readApplied(machine), readPrevious(machine)];
  const shas = new Set([applied?.sha, previous?.sha]);
  const old = (paths: readonly string[]): readonly string[] =>
    paths
      .slice(KEPT)
      .filter((path) => ![...shas].some((sha) => sha !== undefined && path.includes(sha)));
  const isRelease = (name: string): boolean => /^[0-9a-f]{64}$/.test(name);
  const doomed = [
    ...old(
      newestFirst(machine, PATHS.bundles, (name) => /^release-[0-9a-f]{64}\.tar\.gz$/.test(name)),
    ),
    ...old(newestFirst(machine, PATHS.releases, isRelease)),
    ...old(newestFirst(machine, PATHS.agents, isRelease)),
  ];
  const used = new Set(
    [...(applied?.release.trees ?? []), ...(previous?.release.trees ?? [])].map(
      ({ name, hash }) => `${name}/${hash}`,
    ),
  );
  const trees = existsSync(machine.at(PATHS.trees)) ? readdirSync(machine.at(PATHS.trees)) : [];
  for (const name of trees) {
    const current = linkTarget(machine.at(`${PATHS.trees}/${name}/current`));
    for (const hash of readdirSync(machine.at(`${PATHS.trees}/${name}`))) {
      if (hash !== "current" && hash !== current && !used.has(`${name}/${hash}`))
        doomed.push(machine.at(`${PATHS.trees}/${name}/${hash}`));
    }
  }
  for (const path of doomed) rmSync(path, { recursive: true, force: true });
};
