import { z } from "zod";

import { count } from "./values";

const isPattern = (text: string): boolean => {
  try {
    return new RegExp(text, "u") instanceof RegExp;
  } catch {
    return false;
  }
};

/** What an HTTP answer has to be like, besides its status. */
export const expectations = {
  contains: z.string().min(1).optional(),
  matches: z
    .string()
    .min(1)
    .refine(isPattern, "is not a regular expression.")
    .optional()
    .describe("The answer, as the public sees it, has to match this"),
  json: z
    .strictObject({
      path: z.string().min(1),
      equals: z.union([z.string(), z.number(), z.boolean(), z.null()]),
    })
    .optional()
    .describe("A value of a JSON answer, as the public sees it"),
  "max-latency-ms": count(60_000)
    .optional()
    .describe("Slower than this is a failure, as the public sees it"),
};
