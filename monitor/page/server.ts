import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { reason, type Log } from "../adapters/log";
import { statusPage } from "./page";
import { status } from "./status";
import type { View } from "./view";

export interface Reply { readonly status: number; readonly type: string; readonly body: string; readonly headers?: Readonly<Record<string, string>> }
type Route = (view: View, url: URL) => Reply | Promise<Reply>;

const json = (value: unknown, code = 200): Reply => ({ status: code, type: "application/json; charset=utf-8", body: `${JSON.stringify(value)}\n` });

/** Whether the monitor itself is well; what it watches does not matter here. */
const health: Route = (view) => {
  const { ok, error } = view.writer.status();
  return json({ ok, storage: ok ? "ok" : error }, ok ? 200 : 503);
};

const routes: Readonly<Record<string, Route>> = {
  "/": (view) => ({ status: 200, type: "text/html; charset=utf-8", body: statusPage(status(view)) }),
  "/health": health,
  "/api/status": (view) => json(status(view)),
};

const safety = {
  "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; connect-src 'self'; script-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff", "referrer-policy": "no-referrer", "cache-control": "no-store",
};

async function answer(view: View, method: string, path: string): Promise<Reply> {
  if (method !== "GET" && method !== "HEAD") return json({ error: `${method} is not known here` }, 405);
  const url = new URL(path, "http://observatory");
  const route = Object.hasOwn(routes, url.pathname) ? routes[url.pathname] : undefined;
  return route === undefined ? json({ error: `no page ${url.pathname}` }, 404) : route(view, url);
}

/** @throws when the port is taken. */
export async function serve(view: View, log: Log): Promise<Server> {
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 5000, keepAliveTimeout: 5000, maxHeaderSize: 16_384 }, (request, response) => {
    const { method = "GET", url = "/" } = request;
    answer(view, method, url).catch((error: unknown): Reply => {
      log.error(`${method} ${url}: ${reason(error)}`);
      return json({ error: "internal error; the journal has the reason" }, 500);
    }).then((reply) => {
      response.writeHead(reply.status, { "content-type": reply.type, "content-length": Buffer.byteLength(reply.body), ...safety, ...reply.headers });
      response.end(method === "HEAD" ? undefined : reply.body);
    }).catch((error: unknown) => log.error(`${method} ${url}: ${reason(error)}`));
  });
  server.listen(view.config.listen.port, view.config.listen.host);
  await once(server, "listening");
  return server;
}
