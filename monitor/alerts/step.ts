/** N failures to fire, M passes to resolve. */
export interface Rule {
  readonly failAfter: number;
  readonly passAfter: number;
}
export interface Streak {
  readonly firing: boolean;
  readonly streak: number;
  readonly lastOk: boolean | null;
}
export type Turn = "firing" | "resolved" | null;

export const fresh: Streak = { firing: false, streak: 0, lastOk: null };

export const step = (was: Streak, ok: boolean, rule: Rule): readonly [Streak, Turn] => {
  const streak = ok === was.lastOk ? was.streak + 1 : 1;
  const turn = was.firing ? ok && streak >= rule.passAfter : !ok && streak >= rule.failAfter;
  if (!turn) return [{ firing: was.firing, streak, lastOk: ok }, null];
  return [{ firing: !was.firing, streak, lastOk: ok }, was.firing ? "resolved" : "firing"];
};
