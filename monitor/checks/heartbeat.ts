import { Cron } from "croner";
import type { HeartbeatCheck } from "../../config/monitor";
import { instant, span } from "../alerts/words";
import { cronOf } from "./calendar";
import { Finding } from "./outcome";

/** What a job has said last. Milliseconds since the epoch. */
export interface Beat { readonly known: number; readonly started?: number; readonly done?: number; readonly failed?: number; readonly says?: string }
export type Word = "start" | "done" | "fail";

export function beat(was: Beat | undefined, word: Word, now: number, says: string): Beat {
  const known = was?.known ?? now;
  if (word === "start") return { ...was, known, started: now };
  return word === "done" ? { known, done: now } : { ...was, known, started: undefined, failed: now, says: says.replace(/[\s\p{Cc}]+/gu, " ").slice(0, 200) };
}

/** When it has to be heard of at the latest; counted from its last success, or from when it became known. */
function due(check: HeartbeatCheck, since: number): number {
  const grace = check.graceSeconds * 1000;
  if (check.schedule === undefined) return since + (check.periodSeconds ?? 86_400) * 1000 + grace;
  const next = new Cron(cronOf(check.schedule)).nextRun(new Date(since));
  return next === null ? Infinity : next.getTime() + grace;
}

/** @returns when it was last heard. @throws Finding when it failed, is late, or does not end. */
export function judgeBeat(check: HeartbeatCheck, { known, started, done, failed, says }: Beat, now: number): string {
  if (failed !== undefined) throw new Finding(`reported a failure at ${instant(failed)}${says ? `: ${says}` : ""}`);
  if (started !== undefined && now - started > check.graceSeconds * 1000) throw new Finding(`started at ${instant(started)} and has not ended in ${span(now - started)}`);
  const latest = due(check, done ?? known);
  if (now > latest) throw new Finding(done === undefined ? `never heard of; expected by ${instant(latest)}` : `last heard at ${instant(done)}; expected by ${instant(latest)}`);
  return done === undefined ? "not heard yet, not due" : `last heard ${span(now - done)} ago`;
}
