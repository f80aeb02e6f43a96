import { brotliCompressSync, constants, gzipSync } from "node:zlib";

import { keptOnce } from "./pack";
import type { TarEntry } from "./tar";

/** What is text in one way or another; pictures, sound and fonts are compressed already. */
const TEXT = /\.(?:html?|css|[cm]?js|map|json|webmanifest|svg|xml|rss|atom|txt|md|csv|wasm)$/i;
/** Below this, what is saved is less than one packet. */
const LEAST_BYTES = 1024;
/** Less than a tenth saved is not worth a file. */
const WORTH = 0.9;
/** Brotli's best takes seconds a megabyte; what is larger than this gets the next but one. */
const BEST_UP_TO = 2 * 1024 ** 2;

const WAYS = [
  {
    ending: ".gz",
    version: process.versions.zlib,
    make: (data: Buffer) => gzipSync(data, { level: 9 }),
  },
  {
    ending: ".br",
    version: process.versions.brotli,
    make: (data: Buffer) =>
      brotliCompressSync(data, {
        params: {
          [constants.BROTLI_PARAM_QUALITY]: data.length > BEST_UP_TO ? 9 : 11,
          [constants.BROTLI_PARAM_SIZE_HINT]: data.length,
        },
      }),
  },
] as const;

/**
 * A site's files, and beside those that are text what nginx sends of them to who takes it
 * compressed: made once, as small as it gets, instead of with each request. What is in the folder
 * already stays as it is.
 */
export const withCompressed = (entries: readonly TarEntry[]): TarEntry[] => {
  const there = new Set(entries.map(({ path }) => path));
  return entries.flatMap((entry) => {
    const { path, mode, data } = entry;
    if (!TEXT.test(path) || data.length < LEAST_BYTES) return [entry];
    return [
      entry,
      ...WAYS.filter(({ ending }) => !there.has(`${path}${ending}`)).flatMap(
        ({ ending, version, make }) => {
          const small = keptOnce(`${ending} ${version}`, data, make);
          return small.length > data.length * WORTH
            ? []
            : [{ path: `${path}${ending}`, mode, data: small }];
        },
      ),
    ];
  });
};
