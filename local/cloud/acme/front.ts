import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, request, type Server } from "node:https";
import type { Authority } from "./authority";
import { pebbleAddress, pebblePort } from "./pebble";

export interface FrontOptions { readonly authority: Authority; readonly failing: () => boolean; readonly upstream?: { readonly host: string; readonly port: number } }

const unavailable = (response: ServerResponse): void => {
  if (response.headersSent) { response.destroy(); return; }
  response.writeHead(503, { "content-type": "application/problem+json", "retry-after": "60" });
  response.end(JSON.stringify({ type: "urn:ietf:params:acme:error:serverInternal", detail: "The service is down for maintenance or had an internal error." }));
};

/** Stands at Let's Encrypt's name, so that certbot needs no --server; pebble's directory has another path. The Host header goes on: pebble builds its links from it. */
export const createAcmeFront = ({ authority, failing, upstream = { host: pebbleAddress, port: pebblePort } }: FrontOptions): Server =>
  createServer({ cert: authority.certificate, key: authority.key }, (incoming: IncomingMessage, response) => {
    if (failing()) { incoming.resume(); unavailable(response); return; }
    const path = incoming.url === "/directory" ? "/dir" : incoming.url;
    const forwarded = request({ ...upstream, method: incoming.method, path, headers: incoming.headers, ca: authority.caPem, servername: "acme-v02.api.letsencrypt.org" }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    forwarded.on("error", () => unavailable(response));
    incoming.pipe(forwarded);
  });
