import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";

import { codeOf } from "@second-server/contract/caught";

const LEVEL = 4;
const KEPT = join(__dirname, "../node_modules/.cache/second-server");

const digest = (...parts: readonly (string | Buffer)[]): Buffer =>
  parts.reduce((hash, part) => hash.update(part), createHash("sha256")).digest();

/**
 * One gzip member. Members one after the other are a gzip file like any other (RFC 1952, section
 * 2.2).
 */
export const pack = (part: Buffer): Buffer => gzipSync(part, { level: LEVEL });

/** A kept file is the digest of what follows it: one that a crash has cut short is not believed. */
const readKept = (path: string): Buffer | undefined => {
  try {
    const file = readFileSync(path);
    return digest(file.subarray(32)).equals(file.subarray(0, 32)) ? file.subarray(32) : undefined;
  } catch (error) {
    if (codeOf(error) !== undefined) return undefined;
    throw error;
  }
};

const keep = (path: string, packed: Buffer): void => {
  const fresh = `${path}.${process.pid}`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(fresh, Buffer.concat([digest(packed), packed]));
    renameSync(fresh, path);
  } catch (error) {
    // Where nothing can be kept, it is packed anew each time. Below a read-only folder Node calls a
    // new one ENOENT.
    if (codeOf(error) === undefined) throw error;
  }
};

/** What is made of a part in this way, kept from run to run. */
export const keptOnce = (way: string, part: Buffer, make: (part: Buffer) => Buffer): Buffer => {
  const path = join(KEPT, `${digest(`${way}\0`, part).toString("hex")}.gz`);
  const kept = readKept(path);
  if (kept) return kept;
  const packed = make(part);
  keep(path, packed);
  return packed;
};

/** The same member, kept from run to run: for a part that is large and the same each time. */
export const packOnce = (part: Buffer): Buffer =>
  keptOnce(`${process.versions.zlib} ${LEVEL}`, part, pack);
