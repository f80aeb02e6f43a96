import { z } from "zod";

import { cloudFaultKind } from "./kind";

/** Statuses that DigitalOcean's API gives. */
const STATUSES = [400, 401, 403, 404, 409, 422, 429, 500, 503] as const;

const schema = z
  .object({
    kind: z.literal("api"),
    method: z.string().toUpperCase().optional(),
    /** Begins the path after /v2, e.g. "/droplets"; all calls without it. */
    path: z.string().startsWith("/").optional(),
    status: z.literal(STATUSES).optional(),
    message: z.string().max(1_000).optional(),
    retryAfterSeconds: z.number().int().min(0).optional(),
    delayMs: z.number().min(0).max(600_000).optional(),
    /** After this many calls the fault is over. */
    times: z.number().int().min(1).optional(),
  })
  .refine(
    ({ status, delayMs }) => status !== undefined || delayMs !== undefined,
    "status or delayMs is needed: what the calls do (--status 503, or --delay 2000, which is milliseconds, or both)",
  );

export const api = cloudFaultKind({
  name: "api",
  help: "chosen API calls err (--status) or wait (--delay)",
  schema,
  options: [
    { flag: "--method <method>", help: "only these calls", field: "method", takes: "text" },
    {
      flag: "--path <path>",
      help: "only paths that begin so (after /v2)",
      field: "path",
      takes: "text",
    },
    { flag: "--status <n>", help: "the answer's status", field: "status", takes: "number" },
    { flag: "--message <text>", help: "the answer's message", field: "message", takes: "text" },
    {
      flag: "--retry-after <seconds>",
      help: "the answer's Retry-After",
      field: "retryAfterSeconds",
      takes: "number",
    },
    {
      flag: "--delay <milliseconds>",
      help: "before the answer",
      field: "delayMs",
      takes: "number",
    },
    { flag: "--times <n>", help: "over after so many calls", field: "times", takes: "number" },
  ],
  identity: ["method", "path"],
});

/** @param path after /v2. */
export const hitsCall = (
  fault: z.output<typeof schema>,
  call: { readonly method: string; readonly path: string },
): boolean =>
  (!fault.method || fault.method === call.method) && call.path.startsWith(fault.path ?? "/");
