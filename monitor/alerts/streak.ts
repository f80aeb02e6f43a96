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
  /** The last runs, "x" for each that failed; absent while none did, and while it fires. */
  readonly recent?: string;
}
export type Turn = "firing" | "resolved";

export const FRESH: Streak = { firing: false, streak: 0 };

/** So many runs are looked at for those that fail every other time, and never often in a row. */
const windowOf = ({ failAfter }: Rule): number => Math.max(20, 4 * failAfter);

const failuresIn = (recent: string): number => recent.split("x").length - 1;

/** @returns nothing where none of them failed. */
const withRun = (recent = "", ok: boolean, window: number): string | undefined => {
  const runs = `${recent}${ok ? "." : "x"}`.slice(-window);
  return runs.includes("x") ? runs : undefined;
};

/** Half of the runs failed, though never enough of them in a row. */
const isIntermittent = (recent: string | undefined, window: number): boolean =>
  recent?.length === window && 2 * failuresIn(recent) >= window;

/** Counts one run. @returns the new streak, and the turn that this run made, if it made one. */
export const countRun = (
  was: Streak,
  ok: boolean,
  rule: Rule,
): readonly [Streak, Turn | undefined] => {
  const streak = ok === was.lastOk ? was.streak + 1 : 1;
  const window = windowOf(rule);
  const recent = was.firing ? undefined : withRun(was.recent, ok, window);
  const fires = !ok && (streak >= rule.failAfter || isIntermittent(recent, window));
  const turns = was.firing ? ok && streak >= rule.passAfter : fires;
  if (!turns) return [{ firing: was.firing, streak, lastOk: ok, recent }, undefined];
  return [
    { firing: !was.firing, streak, lastOk: ok, recent: undefined },
    was.firing ? "resolved" : "firing",
  ];
};

/** What to add to the error of a check that fires without having failed often in a row. */
export const intermittence = (was: Streak, streak: number, rule: Rule): string => {
  if (streak >= rule.failAfter) return "";
  const window = windowOf(rule);
  return ` (${failuresIn(withRun(was.recent, false, window) ?? "")} of the last ${window} runs failed)`;
};
