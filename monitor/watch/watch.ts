import type { ObservatoryConfig } from "@second-server/contract/observatory";

import { lookOnce, notFromHere, type Seen } from "./look";
import { enter, foot, isColoured, screen, table, type Terminal } from "./terminal";

export interface WatchOptions {
  readonly json: boolean;
  /** One look, then the end; so it is too where nobody watches live. */
  readonly once: boolean;
  readonly out: Terminal;
  /** Resolves when it shall end. */
  readonly stop: Promise<unknown>;
  readonly look?: (config: ObservatoryConfig) => Promise<readonly Seen[]>;
}

/** Looks again every interval and draws, until it is told to stop. @returns what was seen last. */
const live = async (
  config: ObservatoryConfig,
  out: Terminal,
  stop: Promise<"stop">,
  look: (config: ObservatoryConfig) => Promise<readonly Seen[]>,
): Promise<readonly Seen[]> => {
  const since = new Map<string, number>();
  let seen: readonly Seen[] = [];
  const draw = (): void => screen(out, config, seen, since, Date.now());
  const leave = enter(out, draw);
  try {
    for (;;) {
      const next = await Promise.race([stop, look(config)]);
      if (next === "stop") return seen;
      seen = next;
      for (const { id, result } of seen) {
        if (result === "pass") since.delete(id);
        else if (!since.has(id)) since.set(id, Date.now());
      }
      draw();
      let timer: NodeJS.Timeout | undefined;
      const pause = new Promise<"go">((resolve) => {
        timer = setTimeout(() => resolve("go"), config.intervalSeconds * 1000);
      });
      const end = await Promise.race([stop, pause]);
      clearTimeout(timer);
      if (end === "stop") return seen;
    }
  } finally {
    leave();
  }
};

/** The live table. @returns the exit code: 1 if anything is down at the end. */
export const watch = async (
  config: ObservatoryConfig,
  { json, once, out, stop, look = lookOnce }: WatchOptions,
): Promise<number> => {
  const isLive = !json && !once && out.isTTY === true;
  const seen = isLive
    ? await live(
        config,
        out,
        stop.then(() => "stop" as const),
        look,
      )
    : await look(config);
  const ok = seen.every(({ result }) => result === "pass");
  if (json)
    out.write(
      `${JSON.stringify({
        fleet: config.fleet,
        at: new Date().toISOString(),
        ok,
        checks: seen,
        notFromHere: notFromHere(config),
      })}\n`,
    );
  else
    out.write(
      `${[...table(seen, out.columns ?? 120, isColoured(out)), ...foot(config, out.columns ?? 120)].join("\n")}\n`,
    );
  return ok ? 0 : 1;
};
