import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Writes a file so that a kill at any moment leaves either the old content or the new one, whole
 * and on the disk.
 */
export const writeAtomically = async (path: string, text: string): Promise<void> => {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${randomBytes(4).toString("hex")}.tmp`;
  const file = await open(temporary, "w", 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } catch (error) {
    await file.close();
    await rm(temporary, { force: true });
    throw error;
  }
  await file.close();
  await rename(temporary, path);
  // A new name is on the disk once its folder is.
  const folder = await open(dirname(path), "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
};

/** Unix time in nanoseconds, by which the backend names its histories and backups. */
export const nanoseconds = (): string =>
  `${Date.now()}${String(process.hrtime.bigint() % 1_000_000n).padStart(6, "0")}`;
