import { ROUTES } from "@second-server/contract/names";
import type { WatchdogConfig } from "@second-server/contract/observatory";

import { type Key, loadKey } from "./adapters/key";
import { ask as request } from "./checks/http";
import type { ControlRequest } from "./page/requests";
import { BadConfig, readConfig, readJson } from "./settings";

interface Receiver {
  readonly url: URL;
  readonly key: Key;
}

/**
 * On the watcher the Observatory is next door, and the owner's key is there; the primary knows it
 * by its public name, and has a key of its own.
 */
const receiver = (configFile: string): Receiver => {
  const config = readJson<Partial<WatchdogConfig>>(configFile);
  if (config.stateFile === undefined) {
    const { listen, signingKeyFile, database } = readConfig(configFile);
    return {
      url: new URL(`http://${listen.host}:${listen.port}${ROUTES.control}`),
      key: loadKey(signingKeyFile, database),
    };
  }
  if (config.report === undefined)
    throw new BadConfig(
      `${configFile}: it has no "report", so it does not say where the Observatory is.`,
    );
  return {
    url: new URL(ROUTES.control, config.report.url),
    key: loadKey(config.report.keyFile, config.stateFile),
  };
};

/**
 * Hands an action to the running Observatory, signed with its key. @returns what was done. @throws
 * what it answered.
 */
export const ask = async (configFile: string, action: ControlRequest): Promise<string> => {
  const { url, key } = receiver(configFile);
  const body = JSON.stringify({ ...action, at: Date.now() });
  const answer = await request(
    url,
    {
      method: "POST",
      body,
      headers: { "content-type": "application/json", "x-signature": key.sign(body) },
    },
    10_000,
  );
  let said: { readonly done?: string; readonly error?: string };
  try {
    said = JSON.parse(answer.body) as typeof said;
  } catch (error) {
    throw new Error(`${url.host} answered HTTP ${answer.status}, and not as the Observatory does`, {
      cause: error,
    });
  }
  if (said.done === undefined)
    throw new Error(said.error ?? `the Observatory answered HTTP ${answer.status}`);
  return said.done;
};
