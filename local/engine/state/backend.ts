import { constants } from "node:fs";
import { copyFile, mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { codeOf, EngineError, messageOf } from "../errors";
import { nanoseconds, writeAtomically } from "./files";

/** The CLI's file backend ("diy"), layout version 1. */
export interface Backend {
  readonly url: string;
  readonly stackFile: string;
  readonly lockFolder: string;
  /** The stack file's text; undefined for a stack that has none yet. */
  readonly read: () => Promise<string | undefined>;
  /** Replaces the stack file, keeping the one before as .bak. */
  readonly write: (text: string) => Promise<void>;
  /** Forgets the stack; its last state stays as .bak, as the CLI leaves it. */
  readonly remove: () => Promise<void>;
  /**
   * Puts its histories and backups under another name; the state itself is written there before.
   */
  readonly moveTo: (name: string) => Promise<void>;
  /** Records a finished operation: its summary, a copy of its checkpoint, and a backup. */
  readonly record: (update: object) => Promise<void>;
}

const rootOf = (url: string): string => {
  if (url === "file://~" || url === "file://~/") return homedir();
  if (!url.startsWith("file://"))
    throw new EngineError(
      `PULUMI_BACKEND_URL=${url}: the embedded engine keeps states in folders only. Use file:///some/folder, or the pulumi CLI.`,
    );
  return url.startsWith("file:///")
    ? fileURLToPath(url.split("?")[0]!)
    : url.slice("file://".length).replace(/^~(?=\/)/, homedir());
};

const readIfThere = async (path: string): Promise<string | undefined> => {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw new EngineError(`could not read the state ${path}: ${messageOf(error)}`);
  }
};

const namesIn = async (folder: string): Promise<readonly string[]> =>
  await readdir(folder).catch((error: unknown) => {
    if (codeOf(error) === "ENOENT") return [];
    throw error;
  });

/** Each is named by its stack. */
const moveHistories = async (folder: string, stack: string, name: string): Promise<void> => {
  const [from, to] = [join(folder, stack), join(folder, name)];
  const entries = await namesIn(from);
  if (entries.length > 0) await mkdir(to, { recursive: true, mode: 0o700 });
  for (const entry of entries)
    await rename(join(from, entry), join(to, entry.replace(`${stack}-`, `${name}-`)));
  await rm(from, { recursive: true, force: true });
};

/** The stacks of a project that have a state. */
export const stacksOf = async (url: string, project: string): Promise<readonly string[]> =>
  (await namesIn(join(rootOf(url), ".pulumi", "stacks", project)))
    .filter((name) => name.endsWith(".json"))
    .map((name) => name.slice(0, -".json".length))
    .sort();

export const openBackend = async (
  url: string,
  project: string,
  stack: string,
): Promise<Backend> => {
  const pulumi = join(rootOf(url), ".pulumi");
  const stackFile = join(pulumi, "stacks", project, `${stack}.json`);
  for (const extension of [".gz", ".zst"]) {
    if ((await readIfThere(`${stackFile}${extension}`)) !== undefined)
      throw new EngineError(
        `${stackFile}${extension}: compressed states are not supported by the embedded ` +
          "engine. Run the pulumi CLI once with PULUMI_DIY_BACKEND_GZIP=false.",
      );
  }
  const meta = join(pulumi, "meta.yaml");
  const found = await readIfThere(meta);
  if (found !== undefined && !/^version:\s*1\s*$/m.test(found))
    throw new EngineError(
      `${meta}: this engine knows version 1 of the file backend's layout. Run \`pulumi state upgrade\`.`,
    );
  const copyIfThere = async (to: string): Promise<void> => {
    const text = await readIfThere(stackFile);
    if (text !== undefined) await writeAtomically(to, text);
  };
  return {
    url,
    stackFile,
    lockFolder: join(pulumi, "locks", "organization", project, stack),
    read: async () => await readIfThere(stackFile),
    write: async (text) => {
      if (found === undefined && (await readIfThere(meta)) === undefined)
        await writeAtomically(meta, "version: 1\n");
      await copyFile(stackFile, `${stackFile}.bak`, constants.COPYFILE_FICLONE).catch(
        (error: unknown) => {
          if (codeOf(error) !== "ENOENT") throw error;
        },
      );
      await writeAtomically(stackFile, text);
    },
    remove: async () => {
      await rename(stackFile, `${stackFile}.bak`);
      await rm(join(pulumi, "history", project, stack), { recursive: true, force: true });
    },
    moveTo: async (name) => {
      await rename(stackFile, `${stackFile}.bak`);
      await moveHistories(join(pulumi, "history", project), stack, name);
    },
    record: async (update) => {
      const stamp = nanoseconds();
      const history = join(pulumi, "history", project, stack, `${stack}-${stamp}`);
      await writeAtomically(`${history}.history.json`, JSON.stringify(update));
      await copyIfThere(`${history}.checkpoint.json`);
      await copyIfThere(join(pulumi, "backups", project, stack, `${stack}.${stamp}.json`));
    },
  };
};
