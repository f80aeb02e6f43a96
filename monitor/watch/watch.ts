import type { Check, ObservatoryConfig } from "../../config/monitor";
import type { Outcome } from "../checks/outcome";
import { runCheck } from "../checks/run";
import { checksOf, pace } from "../settings";

/** One check, looked at from here and now; nothing of the Observatory is asked. */
export interface Seen { readonly id: string; readonly kind: Check["kind"]; readonly service?: string; readonly result: Outcome["result"]; readonly ms: number; readonly error?: string; readonly detail?: string }

/** Kinds that need a memory or another machine's report are the Observatory's alone. */
const told: ReadonlySet<Check["kind"]> = new Set(["heartbeat", "unit", "host", "drift", "backup"]);

/** All at once; each with its own timeout. */
export function lookOnce(config: ObservatoryConfig, run: (check: Check, timeoutMs: number) => Promise<Outcome> = runCheck): Promise<readonly Seen[]> {
  const checks = checksOf(config).filter(({ kind }) => !told.has(kind));
  return Promise.all(checks.map(async (check): Promise<Seen> => {
    const { result, ms, error, detail } = await run(check, pace(check, config).timeoutMs);
    return { id: check.id, kind: check.kind, service: check.service, result, ms, error, detail };
  }));
}

const paint = (colour: boolean, code: number, text: string): string => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);

/** Control characters of a hostile answer must not reach the terminal. */
const tame = (text: string): string => text.replace(/\p{Cc}/gu, " ");

/** The table, as lines of at most `width` characters. */
export function table(seen: readonly Seen[], width: number, colour: boolean): string[] {
  const longest = Math.max(5, ...seen.map(({ id }) => id.length));
  const rows = seen.map(({ id, result, ms, error, detail }) => {
    const plain = `${id.padEnd(longest)}  ${`${Math.round(ms)} ms`.padStart(8)}  ${tame(error ?? detail ?? "")}`.slice(0, Math.max(20, width - 8));
    return `${result === "pass" ? paint(colour, 32, "✓ up  ") : paint(colour, 31, "✕ DOWN")}  ${plain}`;
  });
  const down = seen.filter(({ result }) => result !== "pass").length;
  return [...rows, "", down === 0 ? paint(colour, 32, `all ${seen.length} up`) : paint(colour, 31, `${down} of ${seen.length} down`)];
}

export interface WatchOptions {
  readonly json: boolean;
  /** One look, then the end; so it is too where nobody watches live. */
  readonly once: boolean;
  readonly out: { write(text: string): unknown; readonly isTTY?: boolean; readonly columns?: number };
  /** Resolves when it shall end. */
  readonly stop: Promise<unknown>;
}

/** The live table. @returns the exit code: 1 if anything is down at the end. */
export async function watch(config: ObservatoryConfig, { json, once, out, stop }: WatchOptions): Promise<number> {
  const live = !json && !once && out.isTTY === true;
  const colour = out.isTTY === true && process.env["NO_COLOR"] === undefined;
  const stopped = stop.then(() => "stop" as const);
  let seen = await lookOnce(config);
  while (live) {
    out.write(`\u001b[H\u001b[2J${config.fleet}  ${new Date().toISOString().slice(0, 19).replace("T", " ")} UTC, every ${config.intervalSeconds} s, Ctrl-C ends\n\n${table(seen, out.columns ?? 80, colour).join("\n")}\n`);
    let timer: NodeJS.Timeout | undefined;
    const pause = new Promise<"go">((resolve) => { timer = setTimeout(() => resolve("go"), config.intervalSeconds * 1000); });
    const next = await Promise.race([stopped, pause]);
    clearTimeout(timer);
    if (next === "stop") break;
    seen = await lookOnce(config);
  }
  if (!live) out.write(json ? `${JSON.stringify({ fleet: config.fleet, at: new Date().toISOString(), ok: seen.every(({ result }) => result === "pass"), checks: seen })}\n` : `${table(seen, out.columns ?? 120, colour).join("\n")}\n`);
  return seen.every(({ result }) => result === "pass") ? 0 : 1;
}
