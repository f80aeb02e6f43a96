import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";

import { codeOf } from "@second-server/contract/caught";

import { reason, type Log } from "../adapters/log";
import { type Fits, parseStored } from "./shapes";

/** Readers and a power cut see the old file or the new one. */
export const writeAtomically = (path: string, text: string, mode = 0o600): void => {
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(`${path}.new`, "w", mode);
  try {
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(`${path}.new`, path);
  // A new name is on the disk once its folder is.
  const folder = openSync(dirname(path), "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
};

/** A lost or damaged file means beginning anew, which is safe; it is said in the journal. */
export const readStateFile = <State>(path: string, fits: Fits, empty: State, log: Log): State => {
  try {
    const state = parseStored(readFileSync(path, "utf8"));
    if (!fits(state)) throw new Error("it is not what was written");
    return state as State;
  } catch (error) {
    if (codeOf(error) !== "ENOENT") log.warn(`${path}: ${reason(error)}; beginning anew`);
    return empty;
  }
};

export const writeStateFile = (path: string, state: unknown, log: Log): void => {
  try {
    writeAtomically(path, JSON.stringify(state));
  } catch (error) {
    log.error(`${path}: ${reason(error)}; going on in memory`);
  }
};
