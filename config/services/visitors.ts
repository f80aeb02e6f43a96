import { z } from "zod";

import { count, duration } from "../values";
import { headers } from "./headers";
import { snippet } from "./snippet";

const KIB = 1024;
const UNITS: Readonly<Record<string, number>> = { K: KIB, M: KIB ** 2, G: KIB ** 3 };
/** Uploads lie on the machine's disk until they are whole. */
const MOST_BYTES = 4 * KIB ** 3;
const NOT_A_SIZE = "is not a size. Write a whole number and a unit: 512KB, 10MB, 1GB.";

/** "512KB", "10MB", "1GB", or a bare number of MB → bytes. */
export const sizeUpTo = (most: number) =>
  z
    .union([z.number().int().min(1), z.string()], { error: () => NOT_A_SIZE })
    .transform((written) => (typeof written === "number" ? `${written}MB` : written))
    .pipe(z.string().regex(/^[1-9]\d{0,6} ?[KMG]i?B?$/i, { error: NOT_A_SIZE, abort: true }))
    .transform((text) => {
      const [, number = "", unit = ""] = /^(\d+) ?(\w)/.exec(text.toUpperCase()) ?? [];
      return Number(number) * (UNITS[unit] ?? 1);
    })
    .refine((bytes) => bytes <= most, `is more than ${most / KIB ** 3}GB. Lower it.`);
const size = sizeUpTo(MOST_BYTES);

/** Of one place of a service, besides what counts for the whole. */
export interface PathLimits {
  /** What it is and all below it; with a slash at its end only what is below it. */
  readonly path: string;
  /** As nginx writes it: "5r/m". */
  readonly rate: string;
  readonly burst: number;
}
/** What one client may ask of a service before it is refused with 429. */
export interface RequestLimits {
  readonly requestsPerSecond: number;
  readonly burst: number;
  readonly paths?: readonly PathLimits[];
}

/** A page may bring hundreds of pictures at once, so the burst is seconds' worth of requests. */
const BURST_SECONDS = 20;
const DEFAULT_RATE = 50;

const pathLimits = z
  .strictObject({
    "requests-per-second": count(100_000).optional().describe("Of one client, on average"),
    "requests-per-minute": count(100_000).optional().describe("Instead, where it is less"),
    burst: count(1_000_000)
      .optional()
      .describe(
        "So many at once before any is refused; default as many as come in 20 seconds, at least 5",
      ),
  })
  .refine(
    (given) =>
      (given["requests-per-second"] === undefined) !== (given["requests-per-minute"] === undefined),
    "needs either requests-per-second or requests-per-minute.",
  );
const PATH = /^\/[\w./~-]{0,200}$/;
const NOT_A_PATH =
  "is not a path. Begin it with a slash; letters, digits, dots, dashes and slashes may follow.";
/** Told here: a key that is wrong by itself would be told of as something of all the limits. */
const paths = z.record(z.string(), pathLimits).superRefine((given, context) => {
  for (const path of Object.keys(given))
    if (!PATH.test(path)) context.addIssue({ code: "custom", path: [path], message: NOT_A_PATH });
});

const limits = z.union(
  [
    z.literal("none"),
    z.strictObject({
      "requests-per-second": count(100_000)
        .default(DEFAULT_RATE)
        .describe("Of one client (an IPv4 address, an IPv6 /64), on average"),
      burst: count(1_000_000)
        .optional()
        .describe("So many at once before any is refused; default 20 seconds' worth"),
      paths: paths
        .default({})
        .describe("Less for some of them, such as { /login: { requests-per-minute: 10 } }"),
    }),
  ],
  {
    error: ({ input }) =>
      typeof input === "object" && input
        ? undefined
        : 'has to be "none" or { requests-per-second: NUMBER, burst: NUMBER }.',
  },
);

const MOST_CACHED_SECONDS = 60;

/** What nginx lets visitors do to a service. */
export const visitorKeys = {
  limits: limits
    .optional()
    .describe(
      'Requests of one client; more are answered 429. Default for static "none", else 50 a second and 1000 at once',
    ),
  headers,
  "max-body": size
    .prefault("10MB")
    .describe("The largest request body, such as an upload; more is answered 413"),
  cache: duration
    .refine((seconds) => seconds <= MOST_CACHED_SECONDS, "is more than a minute. Shorten it.")
    .optional()
    .describe(
      "So long nginx answers with what the service said last to the same question of anybody, at most 1m; never where a cookie or a login is involved. Default: not at all",
    ),
  nginx: snippet,
};

const limitsFrom = (requestsPerSecond: number, burst?: number): RequestLimits => ({
  requestsPerSecond,
  burst: burst ?? requestsPerSecond * BURST_SECONDS,
});
/** Where nothing is said, and a process has to answer. */
export const DEFAULT_LIMITS = limitsFrom(DEFAULT_RATE);

const pathLimitsOf = (
  place: string,
  {
    "requests-per-second": perSecond,
    "requests-per-minute": perMinute = 0,
    burst,
  }: z.output<typeof pathLimits>,
): PathLimits => ({
  path: place,
  rate: perSecond === undefined ? `${perMinute}r/m` : `${perSecond}r/s`,
  burst: burst ?? Math.max(5, Math.ceil((perSecond ?? perMinute / 60) * BURST_SECONDS)),
});

/** Undefined for none; `otherwise` where the entry says nothing. */
export const limitsOf = (
  entry: z.output<typeof limits> | undefined,
  otherwise?: RequestLimits,
): RequestLimits | undefined => {
  if (entry === undefined) return otherwise;
  if (entry === "none") return undefined;
  const paths = Object.entries(entry.paths).map(([place, limit]) => pathLimitsOf(place, limit));
  return {
    ...limitsFrom(entry["requests-per-second"], entry.burst),
    ...(paths.length > 0 ? { paths } : {}),
  };
};
