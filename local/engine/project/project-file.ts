import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";

import { parse } from "yaml";

import { EngineError, messageOf } from "../errors";

/** Pulumi.yaml as it stands: nothing of it has been checked. */
export interface ProjectFile {
  readonly path: string;
  readonly folder: string;
  readonly document: unknown;
}

const find = (start: string): string => {
  for (let folder = resolve(start); ; folder = dirname(folder)) {
    for (const name of ["Pulumi.yaml", "Pulumi.yml"])
      if (existsSync(join(folder, name))) return join(folder, name);
    if (folder === dirname(folder))
      throw new EngineError(
        `no Pulumi.yaml project file found (searching upwards from ${resolve(start)}). Give the project's folder with --cwd.`,
      );
  }
};

/** Reads Pulumi.yaml of `start` or of a folder above it. */
export const readProjectFile = async (start: string): Promise<ProjectFile> => {
  const path = find(start);
  try {
    return { path, folder: dirname(path), document: parse(await readFile(path, "utf8")) };
  } catch (error) {
    throw new EngineError(`${path}: ${messageOf(error)}`);
  }
};

/** How the program's process is started. */
export interface NodeOptions {
  /** The folder of Pulumi.yaml. */
  readonly folder: string;
  readonly typescript: boolean;
  readonly nodeArgs: readonly string[];
}

const member = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;

/**
 * What can be told before the file has been checked, which takes the time that the process needs to
 * start; a file that fails the check stops it again.
 */
export const nodeOptions = ({ folder, document }: ProjectFile): NodeOptions => {
  const options = member(member(document, "runtime"), "options");
  const args = member(options, "nodeargs");
  return {
    folder,
    typescript: member(options, "typescript") !== false,
    nodeArgs: typeof args === "string" ? args.split(/\s+/).filter((word) => word !== "") : [],
  };
};
