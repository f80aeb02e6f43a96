import { serviceDataFolder } from "@second-server/contract/paths";
import { z } from "zod";

import { expectations } from "../expectations";
import { count, duration } from "../values";
import { sizeUpTo, visitorKeys } from "./visitors";

/** More than any droplet's disk that this is for. */
const MOST_QUOTA = 256 * 1024 ** 3;
/** What one backup may hold. */
export const quota = sizeUpTo(MOST_QUOTA).optional();

const relative = z
  .string()
  .regex(
    /^(?!\/)(?!.*(?:^|\/)\.\.(?:\/|$))[\w./-]+$/,
    'is not a path inside the service\'s data folder. Write it relative, without "..".',
  );
const data = z.union(
  [
    z.strictObject({ file: relative }),
    z.strictObject({ sqlite: relative }),
    z.strictObject({ directory: relative }),
  ],
  { error: () => "has to be one of { file: PATH }, { sqlite: PATH }, { directory: PATH }." },
);

const health = z.strictObject({
  path: z
    .string()
    .regex(/^\/[\w./?=&%-]*$/, "is not a URL path. Begin it with a slash.")
    .optional()
    .describe("Default /health; for static and proxy /"),
  status: z.number().int().min(100).max(599).default(200),
  "start-within": duration
    .refine((seconds) => seconds >= 1 && seconds <= 600, "is not from 1s to 10m.")
    .prefault("20s")
    .describe("How long it may take from its start to its first right answer, 1s to 10m"),
  ...expectations,
});

/** What every service may say of itself. */
export const serviceKeys = {
  host: z.string().optional().describe("Public host name; default <name>.<domain>"),
  memory: count(65536).optional().describe("Memory limit in MiB"),
  health: health
    .prefault({})
    .describe("How to tell that it works, asked on loopback and by its public name"),
  data: z
    .array(data)
    .default([])
    .describe(`What must survive the machine, below ${serviceDataFolder("<name>")}`),
  quota: quota.describe(
    "What its data may take in one backup; more is left out, and told. Default: four times what it took last, at least 1GB",
  ),
  push: z
    .string()
    .regex(
      /^(?!.*(?:\.\.|\/\/|\.lock(?:\/|$)|\/\.|[./]$))[A-Za-z0-9][\w./-]*$/,
      'is not the name of a branch of git, such as "main".',
    )
    .optional()
    .describe(
      "The branch of git whose push to the primary brings this service's new version; left out: none does",
    ),
  streaming: z
    .boolean()
    .default(false)
    .describe("Long-lived responses (SSE, WebSocket): not buffered, long time-outs"),
  ...visitorKeys,
};
const NOT_INSIDE =
  "is not a file name inside the folder. Use letters, digits, dots, dashes and slashes.";
export const entry = z
  .string()
  .regex(/^[\w.-]+(?:\/[\w.-]+)*$/, NOT_INSIDE)
  .refine((path) => !path.split("/").includes(".."), NOT_INSIDE);
/** A word of a unit's file. */
export const word = z
  .string()
  // systemd takes a NUL and a carriage return for a line's end, and what is no character for nothing.
  .regex(
    /^(?:\t|[^\p{Cc}\p{Cs}\u2028\u2029"\\%])*$/u,
    "must not contain line breaks or other control characters, quotes, backslashes or %.",
  );
/** A source folder, relative to the manifest. */
export const folder = z.string().describe("Source folder, relative to the manifest");
/** What a service with a process may say besides. */
export const processKeys = {
  port: z
    .number()
    .int()
    .min(1024)
    .max(65535)
    .optional()
    .describe("Loopback port; when left out, one from 20000 to 29999 that follows from the name"),
  environment: z
    .record(
      z
        .string()
        .regex(/^[A-Z_][A-Z0-9_]*$/, "is not a variable's name. Use capitals, digits and _."),
      word,
    )
    .default({}),
  packages: z
    .array(z.string().regex(/^[a-z0-9][a-z0-9+.-]+$/, "is not a Debian package name."))
    .default([])
    .describe("Debian packages it needs"),
  deploy: z
    .enum(["side-by-side", "held"], {
      error: () => "has to be side-by-side or held.",
    })
    .optional()
    .describe(
      "How a new version takes over: beside the old one, or after it while visitors wait. Default held with data (only one process may write), or where the command fixes the port; else side-by-side",
    ),
  drain: duration
    .optional()
    .describe(
      "How long open connections may go on before the old version ends; default 10s, with streaming 1m; held 2s, as visitors wait meanwhile",
    ),
};
