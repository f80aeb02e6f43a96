import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
} from "node:fs";
import { join } from "node:path";

import { codeOf, messageOf } from "@second-server/contract/caught";
import { CONTRACT_VERSION } from "@second-server/contract/version";

import { bytesOf, shown, textOf } from "../file-names";
import { hashFile, writeWhole } from "../files";

/** One thing in a backup; `path` is relative to the backup's folder. */
export type Entry =
  | {
      readonly path: string;
      readonly sha256: string;
      readonly bytes: number;
      /** What it takes on the disk, where holes make that less. */
      readonly stored?: number;
    }
  | { readonly path: string; readonly link: string };
/** One item of the fleet's data, as the primary came through with it. */
export interface ItemNote {
  /** Where it lies in the backup. */
  readonly path: string;
  /** Why it is not in this backup. */
  readonly failed?: string;
}
export interface BackupManifest {
  readonly format: typeof CONTRACT_VERSION;
  readonly at: string;
  readonly release: string;
  readonly entries: readonly Entry[];
  /** Absent in backups of earlier agents. */
  readonly items?: readonly ItemNote[];
}
export interface Fault {
  readonly path: string;
  readonly text: string;
}

export const MANIFEST = "manifest.json";
/**
 * What one backup may be, whoever made it: more is refused before it is read. A file's bytes count
 * as it reads, holes too.
 */
export const LIMITS = {
  manifestBytes: 32 * 1024 * 1024,
  files: 100_000,
  fileBytes: 64 * 1024 ** 3,
  bytes: 256 * 1024 ** 3,
  depth: 64,
} as const;

/** Every file and link under a folder, sorted by path; what is neither is not looked at. */
export const entriesOf = (folder: string): readonly Entry[] => {
  const entries: Entry[] = [];
  let seenNames = 0;
  const walk = (below: string, depth: number): void => {
    const names = readdirSync(bytesOf(join(folder, below)), { encoding: "buffer" });
    seenNames += names.length;
    if (seenNames > LIMITS.files || depth > LIMITS.depth)
      throw new Error(
        `${shown(below)}: more than ${LIMITS.files} files, or ${LIMITS.depth} folders deep, is no backup`,
      );
    for (const name of names.map(textOf).sort()) {
      const path = below === "" ? name : `${below}/${name}`;
      const full = bytesOf(join(folder, path));
      const seen = lstatSync(full);
      if (seen.isDirectory()) walk(path, depth + 1);
      else if (seen.isSymbolicLink())
        entries.push({ path, link: textOf(readlinkSync(full, { encoding: "buffer" })) });
      else if (seen.isFile() && path !== MANIFEST) {
        const stored = seen.blocks * 512;
        entries.push({
          path,
          sha256: hashFile(full, seen.size),
          bytes: seen.size,
          ...(stored < seen.size && { stored }),
        });
      }
    }
  };
  walk("", 0);
  return entries;
};

/** Sockets, pipes and devices: what has no place in a backup. */
export const strangersOf = (folder: string, below = "", depth = 0): readonly string[] =>
  depth > LIMITS.depth
    ? [below]
    : readdirSync(bytesOf(join(folder, below)), { encoding: "buffer" }).flatMap((name) => {
        const path = below === "" ? textOf(name) : `${below}/${textOf(name)}`;
        const seen = lstatSync(bytesOf(join(folder, path)));
        if (seen.isDirectory()) return strangersOf(folder, path, depth + 1);
        return seen.isFile() || seen.isSymbolicLink() ? [] : [path];
      });

export const writeManifest = (
  folder: string,
  at: Date,
  release: string,
  items?: readonly ItemNote[],
): BackupManifest => {
  const manifest: BackupManifest = {
    format: CONTRACT_VERSION,
    at: at.toISOString(),
    release,
    ...(items && { items }),
    entries: entriesOf(folder),
  };
  writeWhole(join(folder, MANIFEST), `${JSON.stringify(manifest, undefined, 1)}\n`, 0o600);
  return manifest;
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && Boolean(value) && !Array.isArray(value);
const isSize = (value: unknown, limit: number): value is number =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0 && value <= limit;
/** Below the backup's folder, and spelled in the one way that a walk spells it. */
const isPath = (value: unknown): value is string =>
  typeof value === "string" &&
  value.length <= 4096 &&
  !value.includes("\0") &&
  value.split("/").every((part) => part !== "" && part !== "." && part !== "..");
const isEntry = (value: unknown): value is Entry =>
  isRecord(value) &&
  isPath(value.path) &&
  (typeof value.link === "string"
    ? value.sha256 === undefined && value.link.length <= 4096
    : typeof value.sha256 === "string" &&
      /^[0-9a-f]{64}$/.test(value.sha256) &&
      isSize(value.bytes, LIMITS.fileBytes) &&
      (value.stored === undefined || isSize(value.stored, LIMITS.fileBytes)));
const isNote = (value: unknown): value is ItemNote =>
  isRecord(value) &&
  isPath(value.path) &&
  (value.failed === undefined || typeof value.failed === "string");
const isManifest = (value: unknown): value is BackupManifest =>
  isRecord(value) &&
  value.format === CONTRACT_VERSION &&
  typeof value.at === "string" &&
  Number.isFinite(Date.parse(value.at)) &&
  typeof value.release === "string" &&
  Array.isArray(value.entries) &&
  value.entries.length <= LIMITS.files &&
  value.entries.every(isEntry) &&
  (value.items === undefined || (Array.isArray(value.items) && value.items.every(isNote)));

/**
 * Read without following a link or waiting for a pipe's other end, and only when it is of a
 * bearable size.
 */
const readBounded = (path: string): string => {
  const handle = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const seen = fstatSync(handle);
    if (!seen.isFile()) throw new Error("it is not a regular file");
    if (seen.size > LIMITS.manifestBytes)
      throw new Error(`its ${seen.size} bytes are more than ${LIMITS.manifestBytes}`);
    return readFileSync(handle, "utf8");
  } finally {
    closeSync(handle);
  }
};

const reasonOf = (error: unknown): string => {
  const code = codeOf(error);
  if (code === "ENOENT") return `${MANIFEST} is missing`;
  if (code === "ELOOP") return `${MANIFEST} is a link`;
  // A parser's message quotes what it read, and that may be anything.
  return error instanceof SyntaxError
    ? `${MANIFEST} is damaged: it is not JSON`
    : `${MANIFEST} is damaged: ${messageOf(error)}`;
};

/**
 * A backup's description, or what is wrong with it: one that can't be read is a matter of this
 * backup alone.
 */
export const readManifest = (folder: string): BackupManifest | { readonly fault: string } => {
  try {
    const value: unknown = JSON.parse(readBounded(join(folder, MANIFEST)));
    if (!isManifest(value))
      return { fault: `${MANIFEST} is damaged: it is no description of a backup` };
    if (sizeOf(value) > LIMITS.bytes)
      return { fault: `${MANIFEST} tells of ${sizeOf(value)} bytes, more than ${LIMITS.bytes}` };
    return value;
  } catch (error) {
    return { fault: reasonOf(error) };
  }
};

const key = (entry: Entry): string =>
  "link" in entry ? `${entry.path} -> ${entry.link}` : `${entry.path} ${entry.sha256}`;

const compare = (manifest: BackupManifest, folder: string): readonly Fault[] => {
  const found = new Map(entriesOf(folder).map((entry) => [entry.path, key(entry)]));
  const say = (path: string, what: string): Fault => ({ path, text: `${shown(path)} ${what}` });
  const faults = manifest.entries.flatMap((entry) => {
    const seen = found.get(entry.path);
    found.delete(entry.path);
    if (seen === undefined) return [say(entry.path, "is missing")];
    return seen === key(entry) ? [] : [say(entry.path, "is damaged")];
  });
  return [
    ...faults,
    ...[...found.keys()].map((path) => say(path, "is not in the manifest")),
    ...strangersOf(folder).map((path) => say(path, "is neither file nor link")),
  ];
};

export interface Inspected {
  readonly manifest?: BackupManifest;
  readonly faults: readonly Fault[];
}
/** A backup against its own manifest: missing, extra and damaged files are all named. */
export const inspect = (folder: string): Inspected => {
  const manifest = readManifest(folder);
  if ("fault" in manifest) return { faults: [{ path: MANIFEST, text: manifest.fault }] };
  try {
    return { manifest, faults: compare(manifest, folder) };
  } catch (error) {
    return { manifest, faults: [{ path: "", text: messageOf(error) }] };
  }
};

/** What is wrong with a backup; empty when it is whole. */
export const faultsOf = (folder: string): readonly string[] =>
  inspect(folder).faults.map(({ text }) => text);

export const sizeOf = (manifest: BackupManifest): number =>
  manifest.entries.reduce((sum, entry) => sum + ("bytes" in entry ? entry.bytes : 0), 0);
