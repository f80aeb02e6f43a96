import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { readdir, readFile, rm } from "node:fs/promises";
import { hostname, userInfo } from "node:os";
import { join } from "node:path";

import { z } from "zod";

import { codeOf, EngineError } from "../errors";
import type { Backend } from "./backend";
import { writeAtomically } from "./files";

/** Who holds a lock, as the CLI writes it too. */
const holderShape = z.object({
  pid: z.number(),
  username: z.string(),
  hostname: z.string(),
  timestamp: z.string(),
});
type Holder = z.infer<typeof holderShape>;

const locksOf = async (backend: Backend): Promise<string[]> => {
  const names = await readdir(backend.lockFolder).catch((error: unknown) => {
    if (codeOf(error) === "ENOENT") return [];
    throw error;
  });
  return names.filter((name) => name.endsWith(".json"));
};

const describe = async (path: string): Promise<string> => {
  // It may have been lifted meanwhile.
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  });
  if (text === undefined) return "";
  try {
    const { pid, username, hostname: host, timestamp } = holderShape.parse(JSON.parse(text));
    return `\n  file://${path}: created by ${username}@${host} (pid ${pid}) at ${timestamp}`;
  } catch {
    return `\n  file://${path}: (unreadable)`;
  }
};

const refuseIfLocked = async (backend: Backend, own: string): Promise<void> => {
  const others = (await locksOf(backend)).filter((name) => name !== own);
  if (others.length === 0) return;
  const holders = await Promise.all(others.map((name) => describe(join(backend.lockFolder, name))));
  throw new EngineError(
    `the stack is currently locked by ${others.length} lock(s). Either wait for the ` +
      `other process(es) to end or delete the lock file with \`pulumi cancel\` (here: ` +
      `\`cancel\`).${holders.join("")}`,
  );
};

/**
 * One stack, one operation. Checked again after writing, so that of two who start at once none or
 * one gets through. Resolves with what lifts it.
 */
export const lock = async (backend: Backend): Promise<() => void> => {
  const own = `${randomUUID()}.json`;
  await refuseIfLocked(backend, own);
  const path = join(backend.lockFolder, own);
  const holder: Holder = {
    pid: process.pid,
    username: userInfo().username,
    hostname: hostname(),
    timestamp: new Date().toISOString(),
  };
  await writeAtomically(path, JSON.stringify(holder));
  const release = (): void => rmSync(path, { force: true });
  try {
    await refuseIfLocked(backend, own);
  } catch (error) {
    release();
    throw error;
  }
  return release;
};

/** Lifts every lock on the stack; returns how many there were. */
export const cancelLocks = async (backend: Backend): Promise<number> => {
  const names = await locksOf(backend);
  await Promise.all(names.map((name) => rm(join(backend.lockFolder, name), { force: true })));
  return names.length;
};
