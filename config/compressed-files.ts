import { readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";

/** What nginx sends in place of the file whose name lacks the ending, to who takes it. */
const WAYS = { ".gz": gunzipSync, ".br": brotliDecompressSync } as const;

const isOf = (path: string, of: Buffer, decompress: (typeof WAYS)[keyof typeof WAYS]): boolean => {
  try {
    return decompress(readFileSync(path), { maxOutputLength: of.length + 1 }).equals(of);
  } catch {
    return false;
  }
};

/**
 * Files of a site that are named as if another were compressed in them, and are something else:
 * made of an older one, or a download of its own.
 */
export const staleCompressed = (
  folder: string,
  paths: readonly string[],
): readonly { readonly path: string; readonly text: string }[] => {
  const there = new Set(paths);
  return Object.entries(WAYS).flatMap(([ending, decompress]) =>
    paths
      .filter((path) => path.endsWith(ending) && there.has(path.slice(0, -ending.length)))
      .filter((path) => {
        const of = readFileSync(join(folder, path.slice(0, -ending.length)));
        return !isOf(join(folder, path), of, decompress);
      })
      .map((path) => ({
        path,
        text: `is not ${path.slice(0, -ending.length)} compressed, and visitors would get it in its place. Make it anew, remove it (compressed files are made by themselves), or give it another name.`,
      })),
  );
};
