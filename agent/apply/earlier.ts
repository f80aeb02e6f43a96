import { existsSync, linkSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";

import { PATHS } from "@second-server/contract/paths";
import type { Release, ReleaseTree } from "@second-server/contract/release";

import { linkTarget, makeFolder, sha256, switchLink } from "../files";
import type { Machine } from "../machine";
import { keptOf } from "../parts/keep";
import { hashedFolder } from "./unpack";

/** A name that changes with its content, as bundlers make them: app-3f9ac01b.js, index.BwM1lQxZ2.css, and what is sent of it compressed. */
const HASHED = /[.-](?=[\w-]*\d)[\w-]{8,}\.(?!html?(?:\.|$))\w+(?:\.(?:gz|br))?$/;

const filesBelow = (folder: string, below = ""): readonly string[] =>
  readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    const path = join(below, entry.name);
    if (entry.isDirectory()) return filesBelow(folder, path);
    return entry.isFile() && HASHED.test(entry.name) ? [path] : [];
  });

const EARLIER = "earlier";
/** Neither a release's tree nor the link to one. */
export const isEarlier = (name: string): boolean => name.startsWith(EARLIER);

/**
 * Before a site is switched: what its kept releases have of files with hashed names stays
 * reachable, for pages that were loaded before. Who has a process of its own answers for itself.
 */
export const keepEarlier = (
  machine: Machine,
  before: Release | undefined,
  sites: readonly ReleaseTree[],
): void => {
  for (const { name } of sites) {
    const root = machine.at(`${PATHS.trees}/${name}`);
    const hashes = new Set(
      [...(before?.trees ?? []), ...keptOf(machine, name).flatMap(({ part }) => part.trees)]
        .filter((tree) => tree.name === name)
        .map(({ hash }) => hash),
    );
    const found = new Map<string, string>();
    for (const hash of hashes) {
      const folder = machine.at(hashedFolder(name, hash));
      if (!existsSync(folder)) continue;
      for (const path of filesBelow(folder))
        if (!found.has(path)) found.set(path, join(folder, path));
    }
    const link = join(root, EARLIER);
    if (found.size === 0) {
      rmSync(link, { force: true });
      continue;
    }
    const union = `${EARLIER}-${sha256(JSON.stringify([...found])).slice(0, 16)}`;
    for (const [path, from] of found) {
      makeFolder(dirname(join(root, union, path)));
      if (!existsSync(join(root, union, path))) linkSync(from, join(root, union, path));
    }
    const was = linkTarget(link);
    switchLink(link, union);
    if (was !== undefined && was !== union)
      rmSync(join(root, was), { recursive: true, force: true });
  }
};
