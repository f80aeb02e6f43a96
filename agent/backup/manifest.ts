import { lstatSync, readdirSync, readlinkSync } from "node:fs";
import { join } from "node:path";

import { CONTRACT_VERSION } from "@second-server/contract/version";

import { hashFile, readJson, writeWhole } from "../files";

/** One thing in a backup; `path` is relative to the backup's folder. */
export type Entry =
  | { readonly path: string; readonly sha256: string; readonly bytes: number }
  | { readonly path: string; readonly link: string };
export interface BackupManifest {
  readonly format: typeof CONTRACT_VERSION;
  readonly at: string;
  readonly release: string;
  readonly entries: readonly Entry[];
}

export const MANIFEST = "manifest.json";

/** Every file and link under a folder, sorted by path. */
export const entriesOf = (folder: string, below = ""): readonly Entry[] =>
  readdirSync(join(folder, below))
    .sort()
    .flatMap((name): readonly Entry[] => {
      const path = below === "" ? name : `${below}/${name}`;
      const full = join(folder, path);
      const seen = lstatSync(full);
      if (seen.isDirectory()) return entriesOf(folder, path);
      if (seen.isSymbolicLink()) return [{ path, link: readlinkSync(full) }];
      if (!seen.isFile() || path === MANIFEST) return [];
      return [{ path, sha256: hashFile(full), bytes: seen.size }];
    });

export const writeManifest = (folder: string, at: Date, release: string): BackupManifest => {
  const manifest: BackupManifest = {
    format: CONTRACT_VERSION,
    at: at.toISOString(),
    release,
    entries: entriesOf(folder),
  };
  writeWhole(join(folder, MANIFEST), `${JSON.stringify(manifest, undefined, 1)}\n`, 0o600);
  return manifest;
};

const key = (entry: Entry): string =>
  "link" in entry ? `${entry.path} -> ${entry.link}` : `${entry.path} ${entry.sha256}`;

/** What is wrong with a backup, against its own manifest; empty when it is whole. Missing, extra and damaged files are all named. */
export const faultsOf = (folder: string): readonly string[] => {
  const manifest = readJson<BackupManifest>(join(folder, MANIFEST));
  if (!manifest) return [`${MANIFEST} is missing`];
  const found = new Map(entriesOf(folder).map((entry) => [entry.path, key(entry)]));
  const faults = manifest.entries.flatMap((entry) => {
    const seen = found.get(entry.path);
    found.delete(entry.path);
    if (seen === undefined) return [`${entry.path} is missing`];
    return seen === key(entry) ? [] : [`${entry.path} is damaged`];
  });
  return [...faults, ...[...found.keys()].map((path) => `${path} is not in the manifest`)];
};

export const sizeOf = (manifest: BackupManifest): number =>
  manifest.entries.reduce((sum, entry) => sum + ("bytes" in entry ? entry.bytes : 0), 0);
