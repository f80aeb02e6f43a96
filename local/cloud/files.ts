import { access, open, readFile, rename, rm, rmdir, stat } from "node:fs/promises";
import { dirname } from "node:path";

/** All of it or none of it, also through a power cut. */
export const writeAtomically = async (path: string, text: string): Promise<void> => {
  const temporary = `${path}.new`;
  const file = await open(temporary, "w", 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  // A new name is on the disk once its folder is.
  const folder = await open(dirname(path), "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
};

/** Whether it is the system's error of one of these codes. */
export const isErrorOf = (error: unknown, ...codes: readonly string[]): boolean =>
  typeof error === "object" &&
  error !== null &&
  "code" in error &&
  codes.includes(String(error.code));

/**
 * The work's result, or `otherwise` when what it works on is not there. Any other failure (no
 * permission, a broken disk) stays one. A process or control group that ends while it is read says
 * ESRCH or ENODEV.
 */
export const unlessGone = async <T, U>(work: Promise<T>, otherwise: U): Promise<T | U> => {
  try {
    return await work;
  } catch (error) {
    if (isErrorOf(error, "ENOENT", "ESRCH", "ENODEV")) return otherwise;
    throw error;
  }
};

export const exists = (path: string): Promise<boolean> =>
  unlessGone(
    access(path).then(() => true),
    false,
  );

/** A folder that somebody else still uses, or that is gone already, is none of ours to remove. */
export const removeIfEmpty = async (folder: string): Promise<void> => {
  try {
    await rmdir(folder);
  } catch (error) {
    if (!isErrorOf(error, "ENOENT", "ENOTEMPTY", "EEXIST", "EBUSY")) throw error;
  }
};

/** Removes those that were last used (their time says it) before `since`. */
export const removeUnused = async (paths: readonly string[], since: number): Promise<void> => {
  for (const path of paths) {
    const found = await unlessGone(stat(path), undefined);
    if (found && found.mtimeMs < since) await rm(path, { force: true });
  }
};

/** @returns null where there is no such file. */
export const readIfThere = (path: string): Promise<string | null> =>
  unlessGone(readFile(path, "utf8"), null);
