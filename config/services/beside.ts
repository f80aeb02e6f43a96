import { z } from "zod";

import { timer } from "../schedules";
import { count, duration, oneOrMore, serviceName } from "../values";
import { word } from "./keys";

/** A program's whole path, or "./" and its name in the folder, and its words. */
export const command = z
  .array(word)
  .min(1)
  .refine(
    ([first = ""]) => /^\.?\/[\w./+-]+$/.test(first),
    "has to begin with the program's whole path, such as /usr/bin/webhook, or ./NAME for one in the folder.",
  );
const argv = command.transform(oneOrMore);
const memory = count(65536).optional().describe("Memory limit in MiB; default the service's own");

const MOST_SECONDS = 86_400;
const job = z.strictObject({
  schedule: timer.describe("When: cron, or systemd's calendar; in UTC"),
  command: argv.describe("Argument vector; ${DATA_DIR} is filled in"),
  timeout: duration
    .refine((seconds) => seconds <= MOST_SECONDS, "is more than a day. Shorten it.")
    .prefault("1h")
    .describe("After so long it is ended, and told as failed"),
  memory,
});
const worker = z.strictObject({
  command: argv.describe("Argument vector; ${DATA_DIR} is filled in"),
  memory,
});

/** What a service with a process may have besides it. */
export const besideKeys = {
  jobs: z
    .record(serviceName, job)
    .default({})
    .describe("What it does at times, by name; each is watched without being asked for"),
  workers: z
    .record(serviceName, worker)
    .default({})
    .describe("Processes of it without a port, by name: same release, user and sandbox"),
};

/** A process of a service besides its own. */
export interface Worker {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  /** Absent: as the service. */
  readonly memoryMiB?: number;
}
export interface Job extends Worker {
  readonly schedule: string;
  readonly timeoutSeconds: number;
}
export interface Beside {
  readonly jobs: readonly Job[];
  readonly workers: readonly Worker[];
}

const limit = (memoryMiB: number | undefined) => (memoryMiB === undefined ? {} : { memoryMiB });
export const besideOf = ({
  jobs,
  workers,
}: {
  readonly jobs: z.output<(typeof besideKeys)["jobs"]>;
  readonly workers: z.output<(typeof besideKeys)["workers"]>;
}): Beside => ({
  jobs: Object.entries(jobs).map(([name, { schedule, command, timeout, memory }]) => ({
    name,
    schedule,
    command,
    timeoutSeconds: timeout,
    ...limit(memory),
  })),
  workers: Object.entries(workers).map(([name, { command, memory }]) => ({
    name,
    command,
    ...limit(memory),
  })),
});
