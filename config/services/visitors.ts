import { z } from "zod";

import { count } from "../values";
import { headers } from "./headers";

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

/** What one client may ask of a service before it is refused with 429. */
export interface RequestLimits {
  readonly requestsPerSecond: number;
  readonly burst: number;
}

/** A page may bring hundreds of pictures at once, so the burst is seconds' worth of requests. */
const BURST_SECONDS = 20;
const DEFAULT_RATE = 50;

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
    }),
  ],
  {
    error: ({ input }) =>
      typeof input === "object" && input
        ? undefined
        : 'has to be "none" or { requests-per-second: NUMBER, burst: NUMBER }.',
  },
);

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
};

const limitsFrom = (requestsPerSecond: number, burst?: number): RequestLimits => ({
  requestsPerSecond,
  burst: burst ?? requestsPerSecond * BURST_SECONDS,
});
/** Where nothing is said, and a process has to answer. */
export const DEFAULT_LIMITS = limitsFrom(DEFAULT_RATE);

/** Undefined for none; `otherwise` where the entry says nothing. */
export const limitsOf = (
  entry: z.output<typeof limits> | undefined,
  otherwise?: RequestLimits,
): RequestLimits | undefined => {
  if (entry === undefined) return otherwise;
  return entry === "none" ? undefined : limitsFrom(entry["requests-per-second"], entry.burst);
};
