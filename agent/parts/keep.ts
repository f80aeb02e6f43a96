import { copyFileSync, existsSync, readdirSync, renameSync, rmSync } from "node:fs";

import { PATHS } from "@second-server/contract/paths";
import type { Release, ReleasePart } from "@second-server/contract/release";

import { makeFolder, readJson, writeWhole } from "../files";
import type { Machine } from "../machine";
import { hashesOf, idOf, partOf, servicesOf } from "./part";

/** Of each service. */
const KEPT = 5;

/** A release of one service that was in force once. */
export interface KeptPart {
  readonly id: string;
  /** When it came in force last. */
  readonly since: string;
  readonly part: ReleasePart;
}

const listPath = (service: string): string => `${PATHS.parts}/${service}.json`;
/** Where a content that a kept release names lies. */
export const blobPath = (hash: string): string => `${PATHS.partFiles}/${hash}`;

/** Newest first: the one in force is the first. */
export const keptOf = (machine: Machine, service: string): readonly KeptPart[] =>
  readJson<readonly KeptPart[]>(machine.at(listPath(service))) ?? [];

const everyKept = (machine: Machine): readonly KeptPart[] =>
  existsSync(machine.at(PATHS.parts))
    ? readdirSync(machine.at(PATHS.parts))
        .filter((name) => name.endsWith(".json"))
        .flatMap((name) => keptOf(machine, name.replace(/\.json$/, "")))
    : [];

/** Folders of trees that a kept release needs, as "name/hash". */
export const keptTrees = (machine: Machine): readonly string[] =>
  everyKept(machine).flatMap(({ part }) => part.trees.map(({ name, hash }) => `${name}/${hash}`));

const keepBlobs = (machine: Machine, folder: string, part: ReleasePart): void => {
  makeFolder(machine.at(PATHS.partFiles), 0o700);
  for (const hash of hashesOf(part)) {
    const target = machine.at(blobPath(hash));
    if (existsSync(target)) continue;
    copyFileSync(machine.at(`${folder}/files/${hash}`), `${target}.new`);
    renameSync(`${target}.new`, target);
  }
};

/** Writes down what is in force of each service, and lets go what no kept release needs. */
export const keepParts = (
  machine: Machine,
  folder: string,
  release: Release,
  services: readonly string[] = servicesOf(release),
): void => {
  for (const service of services) {
    const part = partOf(release, service);
    const id = idOf(part);
    const kept = keptOf(machine, service);
    if (kept[0]?.id === id && kept[0].part.pushed?.commit === part.pushed?.commit) continue;
    keepBlobs(machine, folder, part);
    const next = [
      { id, since: machine.now().toISOString(), part },
      ...kept.filter((one) => one.id !== id),
    ].slice(0, KEPT);
    writeWhole(machine.at(listPath(service)), `${JSON.stringify(next)}\n`, 0o600);
  }
  const needed = new Set(everyKept(machine).flatMap(({ part }) => hashesOf(part)));
  for (const name of existsSync(machine.at(PATHS.partFiles))
    ? readdirSync(machine.at(PATHS.partFiles))
    : [])
    if (!needed.has(name)) rmSync(machine.at(blobPath(name)), { force: true });
};
