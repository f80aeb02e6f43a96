import { type ChildProcess, spawn } from "node:child_process";

import { disaster } from "./disaster";
import type { DrillEntry } from "./list";

const MINUTE_SECONDS = 60;

/** Programs that want all of a processor; they end by themselves, whatever becomes of us. */
const startLoad = (programs: number, seconds: number): readonly ChildProcess[] =>
  Array.from({ length: programs }, () =>
    spawn("timeout", [String(seconds), "sh", "-c", "while :; do :; done"], { stdio: "ignore" }),
  );

/**
 * Nothing is broken for so many minutes, and nothing may be told: with `load`, while so many
 * programs of this host want all of its processors.
 */
export const soakOf = (minutes: number, load: number): DrillEntry => ({
  name: load > 0 ? `soak-at-load-${load}` : "soak",
  summary: `nothing happens for ${minutes} minutes${load > 0 ? `, while ${load} programs of the host want all of its processors` : ""}`,
  expects: "not one mail",
  load: () => {
    let running: readonly ChildProcess[] = [];
    const seconds = minutes * MINUTE_SECONDS;
    const drill = disaster({
      broken: load > 0 ? `the host has a load of ${load}` : "nothing is broken",
      breakIt: () => {
        running = startLoad(load, seconds + MINUTE_SECONDS);
        return Promise.resolve();
      },
      silenceSeconds: seconds,
      mended: "the time is over",
      mend: () => {
        for (const child of running) child.kill();
        return Promise.resolve();
      },
    });
    return Promise.resolve({ drill });
  },
});
