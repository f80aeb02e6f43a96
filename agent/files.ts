import { createHash } from "node:crypto";
import {
  chmodSync,
  closeSync,
  constants,
  existsSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";

import { codeOf, messageOf } from "@second-server/contract/caught";

export const sha256 = (content: Buffer | string): string =>
  createHash("sha256").update(content).digest("hex");

/**
 * Piece by piece: a database may be larger than the machine's memory. Never waits for a pipe's
 * other end, nor follows a link; of a file that grows meanwhile, the first `bytes` are what was
 * seen.
 */
export const hashFile = (path: string | Buffer, bytes = Infinity): string => {
  const [hash, piece, handle] = [
    createHash("sha256"),
    Buffer.allocUnsafe(1 << 20),
    openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK),
  ];
  let left = bytes;
  const next = (): number =>
    left > 0 ? readSync(handle, piece, { length: Math.min(piece.length, left) }) : 0;
  try {
    for (let read = next(); read > 0; read = next()) {
      hash.update(piece.subarray(0, read));
      left -= read;
    }
  } finally {
    closeSync(handle);
  }
  return hash.digest("hex");
};

/**
 * Makes a folder with this mode, whatever the umask. Node gives the mode to every folder that it
 * makes on the way: a private folder shut those above it, which others have to pass. Here they get
 * the usual one. A folder that is there keeps its own.
 */
export const makeFolder = (path: string, mode = 0o755): void => {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path, { recursive: true, mode });
  chmodSync(path, mode);
};

/** A new name is on the disk once its folder is. */
const syncFolder = (folder: string): void => {
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
};

/**
 * Written beside and renamed: a reader, or a power cut, sees the old file or the new one, never
 * half of it.
 */
export const writeWhole = (
  path: string,
  content: Buffer | string,
  mode: number,
  prepare: (draft: string) => void = () => undefined,
): void => {
  makeFolder(dirname(path));
  const draft = `${path}.fleet-new`;
  // Where others write too: an old draft, or what somebody has put in its place, is taken away and
  // never written through.
  rmSync(draft, { force: true });
  writeFileSync(draft, content, { mode, flag: "wx" });
  // writeFileSync's mode is cut by the umask, and an older draft keeps its own.
  chmodSync(draft, mode);
  prepare(draft);
  const handle = openSync(draft, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(draft, path);
  syncFolder(dirname(path));
};

/** Where a file or a link belongs and somebody has made a folder, nothing could be put in its place. */
export const clearFolder = (path: string): void => {
  if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true)
    rmSync(path, { recursive: true, force: true });
};

/** Points a link somewhere else in one step. */
export const switchLink = (link: string, target: string): void => {
  makeFolder(dirname(link));
  clearFolder(link);
  const draft = `${link}.fleet-new`;
  rmSync(draft, { force: true });
  symlinkSync(target, draft);
  renameSync(draft, link);
  syncFolder(dirname(link));
};

/**
 * undefined for what is not there, and for nothing else: a file that can't be read is not a missing
 * one.
 */
const ifThere = <T>(read: () => T, ...codes: readonly string[]): T | undefined => {
  try {
    return read();
  } catch (error) {
    if (["ENOENT", "ENOTDIR", ...codes].includes(codeOf(error) ?? "")) return undefined;
    throw error;
  }
};

/** undefined where there is no link. */
export const linkTarget = (path: string): string | undefined =>
  ifThere(() => readlinkSync(path), "EINVAL");

export interface Seen {
  readonly sha256: string;
  readonly mode: number;
}
/** undefined where there is no file. */
export const look = (path: string): Seen | undefined =>
  ifThere(
    () => ({ sha256: sha256(readFileSync(path)), mode: statSync(path).mode & 0o7777 }),
    "EISDIR",
  );

/** undefined where there is no file. */
export const readText = (path: string): string | undefined =>
  ifThere(() => readFileSync(path, "utf8"));

/**
 * Of a file that somebody else may write: a regular one, of a bearable size, or nothing. Never by a
 * link, and without waiting.
 */
export const readForeign = (path: string, limit = 1 << 20): string | undefined => {
  try {
    const handle = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const seen = fstatSync(handle);
      return seen.isFile() && seen.size <= limit ? readFileSync(handle, "utf8") : undefined;
    } finally {
      closeSync(handle);
    }
  } catch {
    return undefined;
  }
};

export const readJson = <T>(path: string): T | undefined => {
  const text = readText(path);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as T;
  } catch (error) {
    throw new Error(`${path}: it is damaged: ${messageOf(error)}`);
  }
};
