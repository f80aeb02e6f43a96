import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { reason, type Log } from "../adapters/log";
import type { Assembly } from "../assembly";
import { control } from "./control";
import { incident } from "./incident";
import { statusPage } from "./page";
import { json, page, Refusal, type Reply } from "./reply";
import { status } from "./status";

type Route = (assembly: Assembly, request: IncomingMessage, url: URL) => Reply | Promise<Reply>;

/** Whether the monitor itself is well; what it watches does not matter here. */
const health: Route = ({ writer }) => {
  const { ok, error } = writer.status();
  return json({ ok, storage: ok ? "ok" : error }, ok ? 200 : 503);
};

/** By method and path; a path that ends with a slash stands for everything in that folder. */
const routes: Readonly<Record<string, Route>> = {
  "GET /": (assembly) => page(statusPage(status(assembly))),
  "GET /health": health,
  "GET /api/status": (assembly) => json(status(assembly)),
  "GET /incident/": incident,
  "POST /incident/": incident,
  "POST /control": control,
};

const safety = {
  "content-security-policy": "default-src 'none'; style-src 'unsafe-inline' 'self'; img-src 'self' data:; connect-src 'self'; script-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff", "referrer-policy": "no-referrer", "cache-control": "no-store",
};

async function answer(assembly: Assembly, request: IncomingMessage): Promise<Reply> {
  const method = request.method === "HEAD" ? "GET" : request.method ?? "GET";
  const url = new URL(request.url ?? "/", "http://observatory");
  const names = [`${method} ${url.pathname}`, `${method} /${url.pathname.split("/")[1] ?? ""}/`];
  const name = names.find((one) => Object.hasOwn(routes, one));
  const route = name === undefined ? undefined : routes[name];
  if (route === undefined) throw new Refusal(404, `no page ${url.pathname}`);
  return route(assembly, request, url);
}

const refused = (error: unknown, log: Log, what: string): Reply => {
  if (error instanceof Refusal) return json({ error: error.message }, error.code);
  log.error(`${what}: ${reason(error)}`);
  return json({ error: "internal error; the journal has the reason" }, 500);
};

/** @throws when the port is taken. */
export async function serve(assembly: Assembly, log: Log): Promise<Server> {
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 5000, keepAliveTimeout: 5000, maxHeaderSize: 16_384 }, (request, response) => {
    const what = `${request.method} ${request.url}`;
    answer(assembly, request).catch((error: unknown) => refused(error, log, what)).then((reply) => {
      response.writeHead(reply.status, { "content-type": reply.type, "content-length": Buffer.byteLength(reply.body), ...safety, ...reply.headers });
      response.end(request.method === "HEAD" ? undefined : reply.body);
    }).catch((error: unknown) => log.error(`${what}: ${reason(error)}`));
  });
  server.listen(assembly.config.listen.port, assembly.config.listen.host);
  await once(server, "listening");
  return server;
}
