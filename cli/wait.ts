import { setTimeout as sleep } from "node:timers/promises";

/** Asks again and again until the answer is there; undefined after the deadline. */
export const until = async <T>(
  ask: () => Promise<T | undefined>,
  { seconds, everyMs = 500 }: { seconds: number; everyMs?: number },
): Promise<T | undefined> => {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() >= deadline) return undefined;
    await sleep(everyMs);
  }
};
