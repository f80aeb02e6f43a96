import type { Action } from "@second-server/digitalocean-api/types";
import { z } from "zod";

import { pause } from "../pause";
import type { Work } from "../provider";
import { entity, type Fields, maybeText } from "./answers";
import type { Client } from "./client";
import { ApiError } from "./http";

/**
 * Asks until there is an answer: soon at first, as a local cloud is quick; every 3 s in the end, as
 * the real one is not. `limit` in seconds.
 */
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

export const HOUR = 3600;

export const action = entity(
  "action",
  "actions",
  z.object({ id: z.number(), type: maybeText, status: maybeText } satisfies Fields<Action>),
);
type Begun = z.output<(typeof action)["schema"]>;

/** Waits for an action that a POST has begun; `path` is where it is listed. */
export const actionDone = async (
  client: Client,
  path: string,
  { id, type }: Begun,
  work: Work,
): Promise<void> => {
  const what = `action ${id} (${String(type)})`;
  await until(client, what, HOUR, work, async () => {
    const { status } = await client.get(`${path}/${id}`, action, work);
    if (status === "errored") throw new Error(`${what} has errored`);
    return status === "completed" ? true : undefined;
  });
};

/**
 * One action at a time: while another runs, the API refuses. That other one may be a resize with
 * its disk.
 */
const PENDING_LIMIT = 900;
const isPending = (error: unknown): boolean =>
  error instanceof ApiError && error.status === 422 && /pending event/i.test(error.message);

const begin = async (client: Client, path: string, body: object, work: Work): Promise<Begun> =>
  await until(client, `the pending event of ${path} to end`, PENDING_LIMIT, work, async () => {
    try {
      return await client.create(path, body, action, work);
    } catch (error) {
      if (!isPending(error)) throw error;
      work.status("waiting for another action to end");
      return undefined;
    }
  });

/** Begins an action and waits for it. `listed` is where it is found, if not where it was posted. */
export const runAction = async (
  client: Client,
  path: string,
  body: object,
  work: Work,
  listed = path,
): Promise<void> => await actionDone(client, listed, await begin(client, path, body, work), work);
