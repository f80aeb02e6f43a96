import { setTimeout as sleep } from "node:timers/promises";
import type { Client, Json } from "./client";

/** Asks until there is an answer: soon at first, as a local cloud is quick; every 3 s in the end, as the real one is not. `limit` in seconds. */
export const until = async <T>(what: string, limit: number, signal: AbortSignal, ask: () => Promise<T | undefined>): Promise<T> => {
  const end = Date.now() + limit * 1000;
  for (let pause = 100; ; pause = Math.min(pause * 1.4, 3000)) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > end) throw new Error(`timeout while waiting for ${what} (timeout: ${limit}s)`);
    await sleep(pause, undefined, { signal });
  }
};

const HOUR = 3600;

/** Waits for an action that a POST has begun. */
export const actionDone = async (client: Client, path: string, action: Json, signal: AbortSignal): Promise<void> => {
  const id: unknown = action["id"];
  await until(`action ${String(id)} (${String(action["type"])})`, HOUR, signal, async () => {
    const { status } = (await client.get(`${path}/${String(id)}`, signal))["action"] as Json;
    if (status === "errored") throw new Error(`action ${String(id)} (${String(action["type"])}) has errored`);
    return status === "completed" ? true : undefined;
  });
};
