import { createHash } from "node:crypto";
import { chmodSync, closeSync, fsyncSync, mkdirSync, openSync, readFileSync, readSync, readlinkSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

export const sha256 = (content: Buffer | string): string => createHash("sha256").update(content).digest("hex");

/** Piece by piece: a database may be larger than the machine's memory. */
export const hashFile = (path: string): string => {
  const [hash, piece, handle] = [createHash("sha256"), Buffer.allocUnsafe(1 << 20), openSync(path, "r")];
  try { for (let read = readSync(handle, piece); read > 0; read = readSync(handle, piece)) hash.update(piece.subarray(0, read)); } finally { closeSync(handle); }
  return hash.digest("hex");
};

/** Written beside and renamed: a reader, or a power cut, sees the old file or the new one, never half of it. */
export const writeWhole = (path: string, content: Buffer | string, mode: number, prepare: (draft: string) => void = () => undefined): void => {
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.fleet-new`;
  writeFileSync(draft, content, { mode });
  // writeFileSync's mode is cut by the umask, and an older draft keeps its own.
  chmodSync(draft, mode);
  prepare(draft);
  const handle = openSync(draft, "r");
  try { fsyncSync(handle); } finally { closeSync(handle); }
  renameSync(draft, path);
};

/** Points a link somewhere else in one step. */
export const switchLink = (link: string, target: string): void => {
  mkdirSync(dirname(link), { recursive: true });
  const draft = `${link}.fleet-new`;
  rmSync(draft, { force: true });
  symlinkSync(target, draft);
  renameSync(draft, link);
};

export const linkTarget = (path: string): string | null => { try { return readlinkSync(path); } catch { return null; } };

export interface Seen { readonly sha256: string; readonly mode: number }
export const look = (path: string): Seen | null => {
  try { return { sha256: sha256(readFileSync(path)), mode: statSync(path).mode & 0o7777 }; } catch { return null; }
};

export const readJson = <T>(path: string): T | null => {
  let text: string;
  try { text = readFileSync(path, "utf8"); } catch { return null; }
  return JSON.parse(text) as T;
};
