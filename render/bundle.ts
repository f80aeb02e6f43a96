import { type BuildFailure, buildSync } from "esbuild";
import { dirname, join, relative } from "node:path";

const PROJECT = join(__dirname, "..");

/** A source that does not build: each mistake with its place. */
export class SourceError extends Error {
  override readonly name = "SourceError";
  /** As `ManifestError` has it: the message alone is shown. */
  readonly __pulumiRunError = true;
}

const sourceError = (folder: string, { errors }: BuildFailure): SourceError => new SourceError(errors.map(({ location, text }) =>
  `${location ? `${relative(PROJECT, join(folder, location.file))}:${location.line}:${location.column + 1}` : relative(PROJECT, folder)}: ${text}. Correct it; nothing has been touched.`).join("\n"));

/** One JavaScript file for the Node of Debian 13; the same sources give the same bytes, wherever the project lies. */
export const bundle = (entry: string): Buffer => {
  const folder = dirname(entry);
  try {
    return Buffer.from(buildSync({
      entryPoints: [entry], absWorkingDir: folder, bundle: true, platform: "node", target: "node20", format: "cjs", external: ["libsql"], write: false, legalComments: "none", logLevel: "silent",
    }).outputFiles[0]!.contents);
  } catch (error) {
    if (Array.isArray((error as Partial<BuildFailure>).errors)) throw sourceError(folder, error as BuildFailure);
    throw error;
  }
};
