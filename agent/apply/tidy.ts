import { existsSync, readdirSync, rmSync, statSync } from "node:fs";

import { PATHS } from "@second-server/contract/paths";
import type { Release } from "@second-server/contract/release";

import { linkTarget } from "../files";
import type { Machine } from "../machine";
import { keptTrees } from "../parts/keep";
import { readApplied, readPrevious } from "../record";
import { isEarlier } from "./earlier";

const KEPT = 3;

const newestFirst = (
  machine: Machine,
  folder: string,
  matches: (name: string) => boolean,
): readonly string[] => {
  if (!existsSync(machine.at(folder))) return [];
  return readdirSync(machine.at(folder))
    .filter(matches)
    .map((name) => machine.at(`${folder}/${name}`))
    .map((path) => ({ path, at: statSync(path).mtimeMs }))
    .sort((a, b) => b.at - a.at)
    .map(({ path }) => path);
};

/** Trees that neither release uses and that no link points at. */
const unusedTrees = (machine: Machine, releases: readonly Release[]): readonly string[] => {
  const root = machine.at(PATHS.trees);
  if (!existsSync(root)) return [];
  const used = new Set([
    ...keptTrees(machine),
    ...releases.flatMap(({ trees }) => trees.map(({ name, hash }) => `${name}/${hash}`)),
  ]);
  return readdirSync(root).flatMap((name) => {
    const current = linkTarget(`${root}/${name}/current`);
    return readdirSync(`${root}/${name}`)
      .filter(
        (hash) =>
          !isEarlier(hash) &&
          hash !== "current" &&
          hash !== current &&
          !used.has(`${name}/${hash}`),
      )
      .map((hash) => `${root}/${name}/${hash}`);
  });
};

const isRelease = (name: string): boolean => /^[0-9a-f]{64}$/.test(name);
const isBundle = (name: string): boolean => /^release-[0-9a-f]{64}\.tar\.gz$/.test(name);

/** Keeps the last three bundles and releases, and what the current or the previous release uses. */
export const tidy = (machine: Machine): void => {
  const kept = [readApplied(machine), readPrevious(machine)].filter((one) => one !== undefined);
  const running = linkTarget(machine.at(`${PATHS.agents}/current`));
  const needed = [...kept.map(({ sha }) => sha), ...(running === undefined ? [] : [running])];
  const old = (folder: string, matches: (name: string) => boolean): readonly string[] =>
    newestFirst(machine, folder, matches)
      .slice(KEPT)
      .filter((path) => !needed.some((sha) => path.includes(sha)));
  const unused = [
    ...old(PATHS.bundles, isBundle),
    ...old(PATHS.releases, isRelease),
    ...old(PATHS.agents, isRelease),
    ...unusedTrees(
      machine,
      kept.map(({ release }) => release),
    ),
  ];
  for (const path of unused) rmSync(path, { recursive: true, force: true });
};
