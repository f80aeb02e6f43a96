import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { codeOf } from "@second-server/contract/caught";

import type { Context } from "../cli/context";
import type { Writes } from "./constant-writer";
import type { Mark, Measures } from "./timeline";

/** How a drill went. */
export interface Run {
  readonly drill: string;
  /** ISO time of its beginning. */
  readonly began: string;
  readonly seconds: number;
  readonly ok: boolean;
  /** What was not as it should be. */
  readonly error?: string;
  readonly measures: Measures;
  readonly marks: readonly Mark[];
  /** Left out where the fleet has nothing that can be written to. */
  readonly writes?: Writes;
}

/** A drill that is under way, or that was killed or not mended, and may have left something broken. */
export interface UnderWay {
  readonly drill: string;
  readonly since: string;
}

const folderOf = (context: Context): string => join(context.paths.state, "drills");
const underWayFile = (context: Context): string => join(folderOf(context), "under-way.json");
/** Where runs are remembered unless it is said otherwise; gone with the local DigitalOcean. */
export const defaultHistory = (context: Context): string => join(folderOf(context), "runs.jsonl");

const readOr = (file: string, otherwise: string): string => {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return otherwise;
    throw error;
  }
};

/**
 * Written before anything is broken and forgotten once all is mended: what is found by the next
 * command was killed in between, or could not be mended.
 */
export const journalOf = (context: Context) => ({
  begin: (drill: string): void => {
    mkdirSync(folderOf(context), { recursive: true });
    const entry: UnderWay = { drill, since: new Date().toISOString() };
    writeFileSync(underWayFile(context), JSON.stringify(entry));
  },
  end: (): void => rmSync(underWayFile(context), { force: true }),
  underWay: (): UnderWay | undefined => {
    const text = readOr(underWayFile(context), "");
    return text === "" ? undefined : (JSON.parse(text) as UnderWay);
  },
});

/** Adds a run to those that are remembered: one JSON object a line. */
export const rememberRun = (file: string, run: Run): void => {
  mkdirSync(dirname(file), { recursive: true });
  appendFileSync(file, `${JSON.stringify(run)}\n`);
};

/** Every run that is remembered, the oldest first. */
export const earlierRuns = (file: string): readonly Run[] =>
  readOr(file, "")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Run);
