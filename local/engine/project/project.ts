import { dirname, join } from "node:path";

import { z } from "zod";

import { EngineError } from "../errors";
import { type Declaration, readDeclarations, tree } from "./project-config";
import { type NodeOptions, nodeOptions, type ProjectFile, readProjectFile } from "./project-file";

const shape = z.looseObject({
  name: z.string(),
  runtime: z.union([
    z.string(),
    z.looseObject({
      name: z.string(),
      options: z
        .looseObject({ typescript: z.boolean().optional(), nodeargs: z.string().optional() })
        .optional(),
    }),
  ]),
  main: z.string().optional(),
  description: z.string().optional(),
  backend: z.looseObject({ url: z.string().optional() }).optional(),
  config: z.union([z.string(), z.record(z.string(), tree)]).optional(),
  stackConfigDir: z.string().optional(),
});

export interface Project extends NodeOptions {
  readonly name: string;
  /** The program: a folder or file, relative to `folder`. */
  readonly main: string;
  readonly backendUrl?: string;
  readonly description: string;
  /** Where the stacks' Pulumi.NAME.yaml are. */
  readonly stackFolder: string;
  readonly declarations: readonly Declaration[];
}

/** Checks what Pulumi.yaml says. */
const projectOf = (read: ProjectFile): Project => {
  const { path: file, document } = read;
  const parsed = shape.safeParse(document);
  if (!parsed.success)
    throw new EngineError(
      parsed.error.issues
        .map(({ path, message }) => `${file}: ${path.join(".")}: ${message}`)
        .join("\n"),
    );
  const {
    name,
    runtime,
    main = ".",
    backend,
    config,
    description = "",
    stackConfigDir,
  } = parsed.data;
  const runtimeName = typeof runtime === "string" ? runtime : runtime.name;
  if (runtimeName !== "nodejs")
    throw new EngineError(
      `${file}: runtime: ${runtimeName} is not supported by the embedded engine, which runs Node programs (runtime: nodejs)`,
    );
  return {
    ...nodeOptions(read),
    name,
    main,
    description,
    // A text is an older spelling of stackConfigDir.
    stackFolder: join(dirname(file), stackConfigDir ?? (typeof config === "string" ? config : ".")),
    declarations: readDeclarations(typeof config === "string" ? {} : (config ?? {}), name, file),
    ...(backend?.url ? { backendUrl: backend.url } : {}),
  };
};

/** Reads and checks Pulumi.yaml of `start` or of a folder above it. */
export const readProject = async (start: string): Promise<Project> =>
  projectOf(await readProjectFile(start));
