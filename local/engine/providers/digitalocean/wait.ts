import { pause } from "../pause";
import type { Work } from "../provider";
import type { Client, Json } from "./client";

/** Asks until there is an answer: soon at first, as a local cloud is quick; every 3 s in the end, as the real one is not. `limit` in seconds. */
export const until = async <T>(
  client: Client,
  what: string,
  limit: number,
  work: Work,
  ask: () => Promise<T | undefined>,
): Promise<T> => {
  const end = Date.now() + limit * 1000;
  for (let interval = 100; ; interval = Math.min(interval * 1.4, 3000)) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > end) throw new Error(`timeout while waiting for ${what} (timeout: ${limit}s)`);
    await pause(interval, client.patience(work));
  }
};

const HOUR = 3600;

/** Waits for an action that a POST has begun. */
export const actionDone = async (
  client: Client,
  path: string,
  action: Json,
  work: Work,
): Promise<void> => {
  const id: unknown = action["id"];
  await until(client, `action ${String(id)} (${String(action["type"])})`, HOUR, work, async () => {
    const { status } = (await client.get(`${path}/${String(id)}`, work))["action"] as Json;
    if (status === "errored")
      throw new Error(`action ${String(id)} (${String(action["type"])}) has errored`);
    return status === "completed" ? true : undefined;
  });
};
