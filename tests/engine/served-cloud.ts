import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { getRequestListener } from "@hono/node-server";

import { createApi } from "../../local/cloud/api/app";
import { systemClock } from "../../local/cloud/clock";
import type { Hypervisor } from "../../local/cloud/machines/hypervisor";
import { createRecordsOnlyHypervisor } from "../../local/cloud/machines/records-only";
import { createKeyedQueue } from "../../local/cloud/queue";
import { openStore } from "../../local/cloud/record-store";
import { parse } from "./kit";

/**
 * The local DigitalOcean in this process, without machines, so that a test may stand in for what
 * machines do.
 */
export interface ServedCloud {
  /** What a program and its engine are told of it. */
  readonly environment: NodeJS.ProcessEnv;
  /** What one call answers, of which the caller says what it is. */
  readonly call: <T = unknown>(path: string, method?: string, body?: object) => Promise<T>;
  readonly close: () => void;
}

export const serveCloud = async (
  hypervisor: Hypervisor = createRecordsOnlyHypervisor(),
  /** What becomes of the records is looked at after each change, before its answer leaves. */
  changed: () => Promise<void> = () => Promise.resolve(),
): Promise<ServedCloud> => {
  const { app } = createApi({
    store: await openStore(null, systemClock, () => {}),
    hypervisor,
    queue: createKeyedQueue(),
    clock: systemClock,
    pace: "host",
    send: () => Promise.resolve(),
    post: () => Promise.resolve(),
    log: () => {},
    access: { owner: "test", strangers: "refused" },
  });
  const answer = getRequestListener(async (request) => {
    const answered = await app.fetch(request);
    if (request.method !== "GET") await changed();
    return answered;
  });
  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const api = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    environment: { DIGITALOCEAN_TOKEN: "test", DIGITALOCEAN_API_URL: api },
    call: async <T>(path: string, method = "GET", body?: object) => {
      const answered = await fetch(`${api}/v2${path}`, {
        method,
        headers: { authorization: "Bearer test", "content-type": "application/json" },
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      return parse<T>((await answered.text()) || "null");
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
};
