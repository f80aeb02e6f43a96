import type { Server } from "node:http";

import { createAdaptorServer } from "@hono/node-server";

import type { App } from "./app";

/** Serves on the given port of loopback (0: any); nginx stands in front. */
export const serve = ({ fetch }: App, port: number): Promise<Server> => {
  const server = createAdaptorServer({
    fetch,
    serverOptions: { requestTimeout: 15_000, headersTimeout: 5000 },
  }) as Server;
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve(server));
  });
};

/**
 * Runs a service as systemd expects: PORT and DATA_DIR from the environment, a clean end at
 * SIGTERM, exit 1 with the reason when it can't start.
 */
export const run = (name: string, make: (dataDir: string) => App): void => {
  const { PORT, DATA_DIR = "." } = process.env;
  const port = Number(PORT);
  if (!Number.isInteger(port) || port < 1) {
    process.stderr.write(`${name}: PORT is not set; it has to be the port to listen on\n`);
    process.exit(1);
  }
  const stop = (server: Server): void => {
    server.close(() => process.exit(0));
    server.closeAllConnections();
  };
  Promise.resolve()
    .then(() => serve(make(DATA_DIR), port))
    .then((server) => {
      process.stdout.write(`${name}: on 127.0.0.1:${port}\n`);
      process.on("SIGTERM", () => stop(server));
      process.on("SIGINT", () => stop(server));
    })
    .catch((error: unknown) => {
      process.stderr.write(`${name}: ${String(error)}\n`);
      process.exit(1);
    });
};
