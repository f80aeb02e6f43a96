import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import { unlessGone } from "../files";

/** Where Debian's archive is found from here. */
export interface DebianMirror {
  readonly main: string;
  readonly security: string;
}

const publicMirror: DebianMirror = {
  main: "http://deb.debian.org/debian",
  security: "http://security.debian.org/debian-security",
};

const urisOf = (text: string): string[] => {
  const found: string[] = [];
  for (const line of text.split("\n")) {
    const deb822 = /^URIs:\s*(.+)$/i.exec(line);
    if (deb822) found.push(...deb822[1]!.trim().split(/\s+/));
    const oneLine = /^deb(?:-src)?\s+(?:\[[^\]]*\]\s+)?(\S+)/.exec(line);
    if (oneLine) found.push(oneLine[1]!);
  }
  return found.filter((uri) => /^https?:\/\//.test(uri)).map((uri) => uri.replace(/\/+$/, ""));
};

/**
 * The Debian archive as the texts of a host's sources name it, else the public one. A host of
 * another distribution gets the public one.
 */
export const mirrorFromSources = (texts: readonly string[]): DebianMirror => {
  const uris = texts.flatMap(urisOf);
  const main = uris.find((uri) => /\/debian$/.test(uri));
  const security = uris.find((uri) => /\/debian-security$/.test(uri));
  return {
    main: main ?? publicMirror.main,
    security:
      security ?? (main ? main.replace(/\/debian$/, "/debian-security") : publicMirror.security),
  };
};

/** Reads the host's own apt sources: behind a company's mirror only those are reachable. */
export const hostMirror = async (root = "/etc/apt"): Promise<DebianMirror> => {
  const folder = join(root, "sources.list.d");
  const names = (await unlessGone(readdir(folder), []))
    .filter((name) => /\.(list|sources)$/.test(name))
    .sort();
  const files = [join(root, "sources.list"), ...names.map((name) => join(folder, name))];
  return mirrorFromSources(
    await Promise.all(files.map((file) => unlessGone(readFile(file, "utf8"), ""))),
  );
};
