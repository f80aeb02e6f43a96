/** What a job has said last. Milliseconds since the epoch. */
export interface Beat {
  readonly known: number;
  readonly started?: number;
  readonly done?: number;
  readonly failed?: number;
  readonly says?: string;
}
export type Word = "start" | "done" | "fail";

export const beat = (was: Beat | undefined, word: Word, now: number, says: string): Beat => {
  const known = was?.known ?? now;
  if (word === "start") return { ...was, known, started: now };
  return word === "done"
    ? { known, done: now }
    : {
        ...was,
        known,
        started: undefined,
        failed: now,
        says: says.replace(/[\s\p{Cc}]+/gu, " ").slice(0, 200),
      };
};
