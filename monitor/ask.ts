import { loadKey } from "./adapters/key";
import { ask as request } from "./checks/http";
import type { Action } from "./page/actions";
import { readConfig } from "./settings";

/** Hands an action to the running Observatory on this machine, signed with its key. @returns what was done. @throws what it answered. */
export async function ask(configFile: string, action: Action): Promise<string> {
  const config = readConfig(configFile);
  const body = JSON.stringify({ ...action, at: Date.now() });
  const url = new URL(`http://${config.listen.host}:${config.listen.port}/control`);
  const answer = await request(url, { method: "POST", body, headers: { "content-type": "application/json", "x-signature": loadKey(config.signingKeyFile, config.database).sign(body) } }, 10_000);
  const { done, error } = JSON.parse(answer.body) as { done?: string; error?: string };
  if (done === undefined) throw new Error(error ?? `the Observatory answered HTTP ${answer.status}`);
  return done;
}
