import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";

/**
 * A server on loopback that speaks raw bytes, as badly as the test wants; closed at the end of the
 * test.
 */
export class Lab {
  readonly #servers: Server[] = [];
  readonly #sockets = new Set<Socket>();

  async serve(
    talk: (socket: Socket, heard: string) => void,
    when: "request" | "connect" = "request",
  ): Promise<number> {
    const server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on("error", () => socket.destroy());
      if (when === "connect") talk(socket, "");
      else socket.once("data", (data) => talk(socket, data.toString("latin1")));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    this.#servers.push(server);
    return (server.address() as AddressInfo).port;
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    for (const server of this.#servers) server.close();
  }
}
