/** N failures to fire, M passes to resolve. */
export interface Rule {
  readonly failAfter: number;
  readonly passAfter: number;
}
export interface Streak {
  readonly firing: boolean;
  readonly streak: number;
  /** Absent before the first run that counted. */
  readonly lastOk?: boolean;
}
export type Turn = "firing" | "resolved";

export const FRESH: Streak = { firing: false, streak: 0 };

/** Counts one run. @returns the new streak, and the turn that this run made, if it made one. */
export const countRun = (
  was: Streak,
  ok: boolean,
  rule: Rule,
): readonly [Streak, Turn | undefined] => {
  const streak = ok === was.lastOk ? was.streak + 1 : 1;
  const turns = was.firing ? ok && streak >= rule.passAfter : !ok && streak >= rule.failAfter;
  if (!turns) return [{ firing: was.firing, streak, lastOk: ok }, undefined];
  return [{ firing: !was.firing, streak, lastOk: ok }, was.firing ? "resolved" : "firing"];
};
