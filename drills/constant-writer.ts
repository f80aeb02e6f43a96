import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { loadLab } from "../cli/lab";
import { probeAll } from "../cli/verify/probe";
import { until } from "../cli/wait";
import type { MendTools } from "./drill";
import type { WriterOrder } from "./writer";

const EVERY_MS = 1000;
const READ_SECONDS = 30;

/** What became of the writes of a drill that were acknowledged. */
export interface Writes {
  readonly acknowledged: number;
  /** Acknowledged, and not there any more. */
  readonly lost: number;
  /**
   * Longest time between two acknowledged writes: the outage as a visitor who writes has it, in
   * seconds.
   */
  readonly longestGapSeconds: number;
}

interface Acknowledged {
  readonly n: number;
  /** Milliseconds. */
  readonly at: number;
}

/**
 * The longest time without an acknowledged write, in seconds to a tenth; `began` and `ended` in
 * milliseconds.
 */
export const longestGap = (
  writes: readonly Acknowledged[],
  began: number,
  ended: number,
): number => {
  const times = [began, ...writes.map(({ at }) => at), ended];
  const gaps = times.slice(1).map((at, index) => at - (times[index] ?? at));
  return Math.round(Math.max(...gaps) / 100) / 10;
};

export interface ConstantWriter {
  /** Ends the writing and compares; rejects where what is there can't be read. */
  readonly stop: () => Promise<Writes>;
}

const textsOf = async (
  { context }: MendTools,
  host: string,
  page: string,
): Promise<ReadonlySet<string>> => {
  const url = `https://${host}/api/comments?page=${encodeURIComponent(page)}`;
  const body = await until(
    async () => {
      const [answer] = await probeAll(context, [{ name: "read", url, status: 200 }]);
      return answer?.ok ? answer.body : undefined;
    },
    { seconds: READ_SECONDS, everyMs: 1000 },
  );
  if (body === undefined) throw new Error(`${url} does not answer: what was written is not known`);
  return new Set((JSON.parse(body) as { readonly text: string }[]).map(({ text }) => text));
};

/**
 * Posts a comment each second for as long as a drill lasts; undefined where the fleet has no such
 * service.
 */
export const startWriter = async (tools: MendTools): Promise<ConstantWriter | undefined> => {
  const { context, fleet } = tools;
  const service = fleet.services.find(({ name }) => name === "comments");
  if (service === undefined) return undefined;
  const page = `/drill-${randomBytes(6).toString("hex")}`;
  const order: WriterOrder = {
    url: `https://${service.host}/api/comments`,
    page,
    everyMs: EVERY_MS,
    ...(context.local ? { ca: context.paths.ca } : {}),
  };
  const argv = [
    process.execPath,
    "--import",
    `file://${join(context.project, "node_modules/tsx/dist/loader.mjs")}`,
    join(context.project, "drills/writer.ts"),
    JSON.stringify(order),
  ];
  const { command, args, env } = (await loadLab()).inLab(context.paths, argv);
  const child = spawn(command, [...args], {
    env: { ...process.env, ...env },
    stdio: ["pipe", "pipe", "inherit"],
    // Not ended by the terminal's Ctrl-C: the drill ends it, and compares.
    detached: true,
  });
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const writes: Acknowledged[] = [];
  const began = Date.now();
  createInterface(child.stdout).on("line", (line) => {
    writes.push(JSON.parse(line) as Acknowledged);
  });
  return {
    stop: async () => {
      child.stdin.end();
      await closed;
      const ended = Date.now();
      const there = await textsOf(tools, service.host, page);
      return {
        acknowledged: writes.length,
        lost: writes.filter(({ n }) => !there.has(String(n))).length,
        longestGapSeconds: longestGap(writes, began, ended),
      };
    },
  };
};
