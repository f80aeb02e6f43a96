import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { EngineError, messageOf } from "../errors";

const shape = z.looseObject({
  name: z.string(),
  runtime: z.union([z.string(), z.looseObject({ name: z.string(), options: z.looseObject({ typescript: z.boolean().optional(), nodeargs: z.string().optional() }).optional() })]),
  main: z.string().optional(),
  description: z.string().optional(),
  backend: z.looseObject({ url: z.string().optional() }).optional(),
  config: z.record(z.string(), z.unknown()).optional(),
});

export interface Project {
  readonly name: string;
  /** The folder of Pulumi.yaml. */
  readonly folder: string;
  /** The program: a folder or file, relative to `folder`. */
  readonly main: string;
  readonly typescript: boolean;
  readonly nodeArgs: readonly string[];
  readonly backendUrl?: string;
  readonly description: string;
}

const find = (start: string): string => {
  for (let folder = resolve(start); ; folder = dirname(folder)) {
    for (const name of ["Pulumi.yaml", "Pulumi.yml"]) if (existsSync(join(folder, name))) return join(folder, name);
    if (folder === dirname(folder)) throw new EngineError(`no Pulumi.yaml project file found (searching upwards from ${resolve(start)}). Give the project's folder with --cwd.`);
  }
};

/** Reads Pulumi.yaml of `start` or of a folder above it. */
export const readProject = async (start: string): Promise<Project> => {
  const file = find(start);
  let document: unknown;
  try { document = parse(await readFile(file, "utf8")); } catch (error) { throw new EngineError(`${file}: ${messageOf(error)}`); }
  const parsed = shape.safeParse(document);
  if (!parsed.success) throw new EngineError(parsed.error.issues.map(({ path, message }) => `${file}: ${path.join(".")}: ${message}`).join("\n"));
  const { name, runtime, main = ".", backend, config, description = "" } = parsed.data;
  const runtimeName = typeof runtime === "string" ? runtime : runtime.name;
  const options = typeof runtime === "string" ? undefined : runtime.options;
  if (runtimeName !== "nodejs") throw new EngineError(`${file}: runtime: ${runtimeName} is not supported by the embedded engine, which runs Node programs (runtime: nodejs)`);
  if (config !== undefined) throw new EngineError(`${file}: config: configuration in Pulumi.yaml is not supported by the embedded engine. Put it in Pulumi.<stack>.yaml.`);
  return {
    name, folder: dirname(file), main, description, typescript: options?.typescript ?? true,
    nodeArgs: (options?.nodeargs ?? "").split(/\s+/).filter((word) => word !== ""),
    ...(backend?.url ? { backendUrl: backend.url } : {}),
  };
};
