/**
 * What is put in a service's place to be changed under load: pages, uploads and a WebSocket. It
 * ends at SIGTERM without further ado, as most programs do.
 */
import { createHash } from "node:crypto";
import { type IncomingMessage, createServer } from "node:http";
import type { Duplex } from "node:stream";

const VERSION = "0";
/** RFC 6455, section 1.3. */
const WEBSOCKET = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

const upload = async (request: IncomingMessage): Promise<number> => {
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) bytes += chunk.length;
  return bytes;
};

/** Nothing of the frames is looked at: what comes goes back. */
const echo = (request: IncomingMessage, socket: Duplex): void => {
  const key = request.headers["sec-websocket-key"] ?? "";
  const accept = createHash("sha1").update(`${key}${WEBSOCKET}`).digest("base64");
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
  socket.on("error", () => socket.destroy());
  socket.pipe(socket);
};

createServer((request, response) => {
  upload(request).then(
    (bytes) =>
      response.end(
        JSON.stringify({ ok: true, version: `${VERSION}${process.env["CHANGE"] ?? ""}`, bytes }),
      ),
    () => response.destroy(),
  );
})
  .on("upgrade", echo)
  .listen(Number(process.env["PORT"]), "127.0.0.1");
