import { chmod, mkdir, rm } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo, Server } from "node:net";
import { dirname } from "node:path";

/** Resolves when it listens; rejects when it can't. */
export const listen = (
  server: Server,
  where: { readonly port: number; readonly host: string } | { readonly path: string },
): Promise<Server> =>
  new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(where, () => {
      server.off("error", reject);
      resolve(server);
    });
  });

/** The socket of a daemon that died is in the way; who holds the state's lock may take it. */
export const listenOnSocket = async (path: string, listener: RequestListener): Promise<Server> => {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await rm(path, { force: true });
  const server = await listen(createServer(listener), { path });
  await chmod(path, 0o600);
  return server;
};

export const portOf = (server: Server): number => (server.address() as AddressInfo).port;
