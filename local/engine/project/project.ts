import { z } from "zod";
import { EngineError } from "../errors";
import { type NodeOptions, nodeOptions, type ProjectFile, readProjectFile } from "./project-file";

const shape = z.looseObject({
  name: z.string(),
  runtime: z.union([z.string(), z.looseObject({ name: z.string(), options: z.looseObject({ typescript: z.boolean().optional(), nodeargs: z.string().optional() }).optional() })]),
  main: z.string().optional(),
  description: z.string().optional(),
  backend: z.looseObject({ url: z.string().optional() }).optional(),
  config: z.record(z.string(), z.unknown()).optional(),
});

export interface Project extends NodeOptions {
  readonly name: string;
  /** The program: a folder or file, relative to `folder`. */
  readonly main: string;
  readonly backendUrl?: string;
  readonly description: string;
}

/** Checks what Pulumi.yaml says. */
const projectOf = (read: ProjectFile): Project => {
  const { path: file, document } = read;
  const parsed = shape.safeParse(document);
  if (!parsed.success) throw new EngineError(parsed.error.issues.map(({ path, message }) => `${file}: ${path.join(".")}: ${message}`).join("\n"));
  const { name, runtime, main = ".", backend, config, description = "" } = parsed.data;
  const runtimeName = typeof runtime === "string" ? runtime : runtime.name;
  if (runtimeName !== "nodejs") throw new EngineError(`${file}: runtime: ${runtimeName} is not supported by the embedded engine, which runs Node programs (runtime: nodejs)`);
  if (config !== undefined) throw new EngineError(`${file}: config: configuration in Pulumi.yaml is not supported by the embedded engine. Put it in Pulumi.<stack>.yaml.`);
  return { ...nodeOptions(read), name, main, description, ...(backend?.url ? { backendUrl: backend.url } : {}) };
};

/** Reads and checks Pulumi.yaml of `start` or of a folder above it. */
export const readProject = async (start: string): Promise<Project> => projectOf(await readProjectFile(start));
