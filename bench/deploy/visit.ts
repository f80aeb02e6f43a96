/** Starts the visitors in the fleet's network, and asks them what they see. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

import type { Tally, Target } from "./client";

const PROJECT = resolve(__dirname, "../..");

export interface Visit {
  /** What each service's visitors have seen since the last call. */
  look(): Promise<Readonly<Record<string, Tally>>>;
  end(): Promise<void>;
}

export const startVisit = async (state: string, targets: readonly Target[]): Promise<Visit> => {
  const child = spawn(
    join(PROJECT, "fleet"),
    [
      "net",
      "--",
      process.execPath,
      "--import",
      join(PROJECT, "node_modules/tsx/dist/loader.mjs"),
      join(__dirname, "load.ts"),
      JSON.stringify(targets),
    ],
    { env: { ...process.env, FLEET_STATE: state }, stdio: ["pipe", "pipe", "inherit"] },
  );
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => {
    const line = (await lines.next()) as IteratorResult<string, undefined>;
    if (line.done) throw new Error("bench/deploy: the visitors have ended");
    return line.value;
  };
  if ((await next()) !== "ready") throw new Error("bench/deploy: the visitors did not start");
  return {
    look: async () => {
      child.stdin.write("look\n");
      return JSON.parse(await next()) as Record<string, Tally>;
    },
    end: async () => {
      const closed = once(child, "close");
      child.stdin.end();
      await closed;
    },
  };
};
