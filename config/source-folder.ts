import {
  type Dirent,
  existsSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  statSync,
} from "node:fs";
import { join, relative, sep } from "node:path";

/** A file of a service's folder that a release brings. */
export interface SourceFile {
  /** Relative to the folder, with forward slashes. */
  readonly path: string;
  readonly executable: boolean;
}

export interface SourceFolder {
  readonly files: readonly SourceFile[];
  /** Names that begin with a dot: only the manifest's author knows whether anybody misses them. */
  readonly leftOut: readonly string[];
  /** Folders of what a program is made of, and of what comes of it. */
  readonly notSources: readonly string[];
  /** What can't be brought, each with its path below the folder and what to do. */
  readonly problems: readonly { readonly path: string; readonly text: string }[];
}

const NOT_SOURCES = new Set(["node_modules", "__pycache__"]);
/** What the web looks for there is meant for visitors (RFC 8615). */
const SERVED_DOT_FOLDER = ".well-known";

interface Found {
  readonly files: SourceFile[];
  readonly leftOut: string[];
  readonly notSources: string[];
  readonly problems: { readonly path: string; readonly text: string }[];
}

/** Where a link leads; a text is what is wrong with it. */
const leadsTo = (root: string, at: string): { readonly real: string } | string => {
  const named = readlinkSync(at);
  let real: string;
  try {
    real = realpathSync(at);
  } catch {
    return `is a link to ${named}, which is not there. Remove the link, or put there what it names.`;
  }
  const below = relative(root, real);
  return below === ".." || below.startsWith(`..${sep}`)
    ? `is a link to ${named}, outside of the folder, which a server does not have. Copy what it names into the folder, or remove the link.`
    : { real };
};

const kindOf = (entry: { isFIFO(): boolean; isSocket(): boolean }): string => {
  if (entry.isFIFO()) return "a named pipe";
  return entry.isSocket() ? "a socket" : "a device";
};

const createWalk = (folder: string, found: Found) => {
  const root = realpathSync(folder);
  const problem = (path: string, text: string): void => {
    found.problems.push({ path, text });
  };

  const visit = (path: string, within: readonly string[]): void => {
    const at = join(folder, path);
    const is = statSync(at);
    if (is.isDirectory()) {
      const real = realpathSync(at);
      if (within.includes(real))
        problem(path, "is a link to a folder that it lies in, so it has no end. Remove it.");
      else walk(path, [...within, real]);
      return;
    }
    if (!is.isFile()) {
      problem(path, `is ${kindOf(is)}, which can't be copied. Remove it, or keep it elsewhere.`);
      return;
    }
    // Only "executable or not" is kept: a clone's umask must not change the hash.
    found.files.push({ path, executable: (is.mode & 0o100) !== 0 });
  };

  const consider = (entry: Dirent, path: string, within: readonly string[]): void => {
    if (NOT_SOURCES.has(entry.name)) {
      found.notSources.push(path);
      return;
    }
    const at = join(folder, path);
    if (entry.name.startsWith(".") && !(entry.name === SERVED_DOT_FOLDER && !entry.isFile())) {
      found.leftOut.push(path);
      return;
    }
    // Node reads bytes that are no UTF-8 as U+FFFD, and finds nothing under the name that comes of
    // it.
    if (entry.name.includes("\u{fffd}") && !existsSync(at) && !entry.isSymbolicLink()) {
      problem(path, "has a name that is not UTF-8, so no address leads to it. Rename it.");
      return;
    }
    const leads = entry.isSymbolicLink() ? leadsTo(root, at) : undefined;
    if (typeof leads === "string") problem(path, leads);
    else visit(path, within);
  };

  const walk = (below: string, within: readonly string[]): void => {
    for (const entry of readdirSync(join(folder, below), { withFileTypes: true }))
      consider(entry, below ? `${below}/${entry.name}` : entry.name, within);
  };
  return () => walk("", [root]);
};

/**
 * Looks at names and kinds only: nothing is opened, so a pipe that nobody writes to stops nobody.
 */
export const readSourceFolder = (folder: string): SourceFolder => {
  const found: Found = { files: [], leftOut: [], notSources: [], problems: [] };
  createWalk(folder, found)();
  return found;
};
