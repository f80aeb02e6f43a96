import { z } from "zod";

import { alerts, further } from "./alerting";
import { IMAGES, REGIONS, SIZES } from "./catalogue";
import { expectations } from "./expectations";
import { count, cron, duration, serviceName, slug } from "./values";

const machine = z.strictObject({
  size: slug(Object.keys(SIZES), "size").describe("DigitalOcean size slug"),
  region: slug(REGIONS, "region").describe("DigitalOcean region slug"),
  image: slug(IMAGES, "image").default("debian-13-x64").describe("DigitalOcean image slug"),
  ipv6: z
    .boolean()
    .default(false)
    .describe(
      "Give the machine a public IPv6 address; on the watcher, the status page then has an AAAA record",
    ),
});

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
  ...expectations,
});

const common = {
  host: z.string().optional().describe("Public host name; default <name>.<domain>"),
  memory: count(65536).optional().describe("Memory limit in MiB"),
  health: health
    .prefault({})
    .describe("How to tell that it works, asked on loopback and by its public name"),
  data: z
    .array(data)
    .default([])
    .describe("What must survive the machine, below /var/lib/fleet/<name>"),
  streaming: z
    .boolean()
    .default(false)
    .describe("Long-lived responses (SSE, WebSocket): not buffered, long time-outs"),
};
const NOT_INSIDE =
  "is not a file name inside the folder. Use letters, digits, dots, dashes and slashes.";
const entry = z
  .string()
  .regex(/^[\w.-]+(?:\/[\w.-]+)*$/, NOT_INSIDE)
  .refine((path) => !path.split("/").includes(".."), NOT_INSIDE);
const word = z
  .string()
  .regex(/^[^\n"\\%]*$/, "must not contain line breaks, quotes, backslashes or %.");
const command = z
  .array(word)
  .min(1)
  .refine(
    ([first = ""]) => /^\.?\/[\w./+-]+$/.test(first),
    "has to begin with the program's whole path, such as /usr/bin/webhook, or ./NAME for one in the folder.",
  );
const program = {
  folder: z.string().describe("Source folder, relative to the manifest"),
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
};

const service = z.discriminatedUnion(
  "kind",
  [
    z.strictObject({ kind: z.literal("static"), ...common, folder: program.folder }),
    z.strictObject({
      kind: z.literal("node"),
      ...common,
      ...program,
      entry: entry.default("main.ts"),
    }),
    z.strictObject({
      kind: z.literal("python"),
      ...common,
      ...program,
      entry: entry.default("main.py"),
    }),
    z.strictObject({
      kind: z.literal("binary"),
      ...common,
      ...program,
      folder: program.folder.optional(),
      command: command.describe("Argument vector; ${PORT} and ${DATA_DIR} are filled in"),
    }),
    z.strictObject({
      kind: z.literal("proxy"),
      ...common,
      upstream: z
        .string()
        .regex(
          /^http:\/\/127\.0\.0\.1:\d+$/,
          "has to be http://127.0.0.1:PORT: what nginx passes requests to.",
        ),
    }),
  ],
  { error: () => "is not a known kind. Choose one of: static, node, python, binary, proxy." },
);

/** fleet.yaml. Published as fleet.schema.json for editors. */
export const manifestSchema = z.strictObject({
  name: serviceName.describe("The fleet's name, in alerts and tags"),
  machines: z.strictObject({ primary: machine, watcher: machine }),
  services: z
    .record(serviceName, service)
    .refine((all) => Object.keys(all).length > 0, "has no service. Add at least one."),
  checks: z
    .strictObject({
      every: duration.prefault("10s"),
      timeout: duration.prefault("5s"),
      "fail-after": count(20).default(3),
      "pass-after": count(20).default(2),
      also: z.array(further).default([]).describe("Checks besides those of the services"),
    })
    .prefault({}),
  watchdog: z
    .strictObject({
      every: duration.prefault("30s"),
      "fail-after": count(20).default(3),
      "restarts-per-hour": count(60).default(4),
    })
    .prefault({}),
  alerts: alerts.prefault({}),
  report: z
    .strictObject({
      daily: cron.optional().describe("When the report is sent if something is wrong"),
      weekly: cron.optional().describe("When a summary is sent in any case"),
    })
    .prefault({}),
  backups: z
    .strictObject({
      every: duration.prefault("1h"),
      keep: z
        .strictObject({
          hourly: count(1000).default(24),
          daily: count(1000).default(7),
          weekly: count(1000).default(4),
        })
        .prefault({}),
    })
    .prefault({}),
});
export type Manifest = z.output<typeof manifestSchema>;
export type ManifestService = Manifest["services"][string];
