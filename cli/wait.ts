import { setTimeout as sleep } from "node:timers/promises";

/** Asks again and again until the answer is not null; null after the deadline. */
export const until = async <T>(
  ask: () => Promise<T | null>,
  { seconds, everyMs = 500 }: { seconds: number; everyMs?: number },
): Promise<T | null> => {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer !== null) return answer;
    if (Date.now() >= deadline) return null;
    await sleep(everyMs);
  }
};
