import { chmodSync, existsSync, lstatSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";

import { PATHS, bundlePath } from "@second-server/contract/paths";
import type { Release } from "@second-server/contract/release";
import type { Role } from "@second-server/contract/roles";
import { CONTRACT_VERSION } from "@second-server/contract/version";

import { hashFile, readJson, makeFolder } from "../files";
import { type Machine, must } from "../machine";

export const isSha = (text: string): boolean => /^[0-9a-f]{64}$/.test(text);

/**
 * The folder of an unpacked release. Unpacked beside and renamed, so that half of one is never
 * taken for a whole.
 */
export const unpack = async (machine: Machine, sha: string): Promise<string> => {
  const folder = `${PATHS.releases}/${sha}`;
  if (existsSync(machine.at(`${folder}/release.json`))) return folder;
  const bundle = machine.at(bundlePath(sha));
  if (!existsSync(bundle))
    throw new Error(`${bundle}: there is no such bundle. Copy it again: ./fleet up`);
  const found = hashFile(bundle);
  if (found !== sha)
    throw new Error(
      `${bundle}: its sha256 is ${found}, so the copy is damaged. Copy it again: ./fleet up`,
    );
  const draft = machine.at(`${folder}.new`);
  rmSync(draft, { recursive: true, force: true });
  makeFolder(draft, 0o700);
  try {
    // A bundle's files have no times. nginx makes an ETag of time and size: a page that changed and
    // kept its length would be "not modified" for whoever has seen it.
    await must(machine, ["tar", "-xzf", bundle, "-C", draft, "--no-same-owner", "--touch"]);
    // A power cut right after the rename would otherwise leave whole names with empty contents.
    await must(machine, ["sync", "-f", draft]);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    throw error;
  }
  renameSync(draft, machine.at(folder));
  return folder;
};

/** What a bundle says that it is, refused when it is of another format. */
export const readDescription = <T extends { readonly format: number }>(
  machine: Machine,
  folder: string,
): T => {
  const description = readJson<T>(machine.at(`${folder}/release.json`));
  if (!description)
    throw new Error(`${folder}/release.json: it is missing, so this is no release.`);
  if (description.format !== CONTRACT_VERSION)
    throw new Error(
      `${folder}/release.json: format ${String(description.format)} is not known to this agent.`,
    );
  return description;
};

/** A release's own description, refused when it is for another machine or of another format. */
export const readRelease = (machine: Machine, folder: string, role: Role | undefined): Release => {
  const release = readDescription<Release>(machine, folder);
  if ("service" in release)
    throw new Error(
      `${folder}: this is a release of one service. It is brought by: ./fleet deploy`,
    );
  if (role !== undefined && release.role !== role)
    throw new Error(
      `${folder}: this release is for the ${release.role}, and this machine is the ${role}.`,
    );
  return release;
};

/**
 * Everyone may read a tree, whatever the modes in the bundle: services run under users of their
 * own.
 */
const openUp = (path: string): void => {
  const seen = lstatSync(path);
  if (seen.isSymbolicLink()) return;
  chmodSync(path, seen.isDirectory() || (seen.mode & 0o100) !== 0 ? 0o755 : 0o644);
  if (seen.isDirectory()) for (const name of readdirSync(path)) openUp(join(path, name));
};

/** Where a tree of this hash lies; "current" leads to the one in force. */
export const hashedFolder = (name: string, hash: string): string =>
  `${PATHS.trees}/${name}/${hash}`;

/** A tree's folder for this hash, copied out of the release if it is not there yet. */
export const placeTree = async (
  machine: Machine,
  folder: string,
  name: string,
  hash: string,
): Promise<void> => {
  const target = machine.at(hashedFolder(name, hash));
  if (existsSync(target)) return;
  const draft = `${target}.new`;
  rmSync(draft, { recursive: true, force: true });
  makeFolder(machine.at(`${PATHS.trees}/${name}`), 0o755);
  await must(machine, ["cp", "-a", machine.at(`${folder}/trees/${name}`), draft]);
  openUp(draft);
  renameSync(draft, target);
};
