import { join, relative } from "node:path";

import { type BuildFailure, buildSync } from "esbuild";

const PROJECT = join(__dirname, "..");

/** A source that does not build: each mistake with its place. */
export class SourceError extends Error {
  override readonly name = "SourceError";
  /** As `ManifestError` has it: the message alone is shown. */
  readonly __pulumiRunError = true;
}

const sourceError = (folder: string, { errors }: BuildFailure): SourceError =>
  new SourceError(
    errors
      .map(
        ({ location, text }) =>
          `${location ? `${location.file}:${location.line}:${location.column + 1}` : relative(PROJECT, folder)}: ` +
          `${text}. Correct it; nothing has been touched.`,
      )
      .join("\n"),
  );

export interface BundleOptions {
  /**
   * Without the blanks and comments, which V8 keeps in memory; names stay, so that a stack trace
   * can be read.
   */
  readonly compact?: boolean;
  /** Packages that lie beside it, in files of their own. */
  readonly beside?: readonly string[];
}

/**
 * Each entry as one JavaScript file for the Node of Debian 13; the same sources below `folder` give
 * the same bytes, wherever it lies. One build for all: starting the builder takes longer than its
 * work.
 */
export const bundleEach = (
  folder: string,
  entries: readonly string[],
  { compact = false, beside = [] }: BundleOptions = {},
): Buffer[] => {
  const outdir = join(folder, "out");
  try {
    const { outputFiles } = buildSync({
      entryPoints: Object.fromEntries(entries.map((entry, index) => [String(index), entry])),
      outdir,
      absWorkingDir: folder,
      bundle: true,
      platform: "node",
      target: "node20",
      format: "cjs",
      external: ["libsql", ...beside],
      loader: { ".py": "text" },
      minifyWhitespace: compact,
      minifySyntax: compact,
      write: false,
      legalComments: "none",
      logLevel: "silent",
    });
    const byPath = new Map(outputFiles.map(({ path, contents }) => [path, Buffer.from(contents)]));
    return entries.map((_, index) => byPath.get(join(outdir, `${index}.js`))!);
  } catch (error) {
    if (Array.isArray((error as Partial<BuildFailure>).errors))
      throw sourceError(folder, error as BuildFailure);
    throw error;
  }
};
