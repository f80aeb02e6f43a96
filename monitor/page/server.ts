import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";

import { reason, type Log } from "../adapters/log";
import { watchedChecks } from "../alerts/alert-state";
import type { Assembly } from "../assembly";
import type { MachineReport } from "../checks/host";
import type { Reporter } from "../report/reporter";
import { asset } from "./assets";
import { control, signedBody } from "./control";
import { incident } from "./incident";
import { badges, feed, metrics } from "./machine-readable";
import { Login, operator } from "./operator";
import { incidentsPage, statusPage } from "./page";
import { Records } from "./records";
import { json, page, readBody, Refusal, type Reply } from "./reply";
import { history, servicePage } from "./service";
import { status } from "./status";

/** What routes work with. */
interface Site {
  readonly assembly: Assembly;
  readonly records: Records;
  readonly login: Login;
  readonly reporter: Reporter;
}
type Route = (site: Site, request: IncomingMessage, url: URL) => Reply | Promise<Reply>;

/** Whether the monitor itself is well, or says itself what it lacks; what it watches does not matter here. */
const health: Route = ({ assembly }) => {
  const { ok, error } = assembly.writer.status();
  return json({ ok, storage: ok ? "ok" : error }, assembly.tellsOfStorage() ? 200 : 503);
};

const act: Route = ({ assembly, login }, request) => operator(assembly, login, request);
const oneIncident: Route = ({ assembly, records }, request, url) =>
  incident(assembly, records, request, url);

/** GET or POST /heartbeat/TOKEN, TOKEN.start, TOKEN.fail: a job says that it ended well, began, failed (with why in the body). Tokens are secrets of the jobs; unknown ones are refused. */
const hear: Route = async ({ assembly }, request, url) => {
  const [, token = "", word] =
    /^\/heartbeat\/([\w-]{1,100})(?:\.(start|fail))?$/.exec(url.pathname) ?? [];
  const known = watchedChecks(assembly.alerts.state()).some(
    ({ check }) => check.kind === "heartbeat" && check.token === token,
  );
  if (!known) throw new Refusal(404, "no job has this token");
  assembly.tellers.beat(
    token,
    word === undefined ? "done" : (word as "start" | "fail"),
    request.method === "POST" ? await readBody(request) : "",
  );
  return json({ heard: true });
};

/** Data without a place to say that some of it could not be read. */
const readable = (records: Records, reply: Reply): Reply => {
  if (records.failing())
    throw new Refusal(503, "the history can't be read now; the journal has the reason");
  return reply;
};

/** By method and path; a path that ends with a slash stands for everything in that folder. */
const routes: Readonly<Record<string, Route>> = {
  "GET /": async ({ assembly, records }) =>
    page(
      statusPage(
        status(assembly),
        await records.days(),
        await records.incidents(10),
        records.trouble(),
      ),
    ),
  "GET /health": health,
  "GET /service/": ({ assembly, records }, _request, url) => servicePage(assembly, records, url),
  "GET /incidents": async ({ assembly, records }) =>
    page(
      incidentsPage(
        assembly.config.fleet,
        await records.incidents(500),
        assembly.clock.now(),
        records.trouble(),
      ),
    ),
  "GET /incident/": oneIncident,
  "POST /incident/": oneIncident,
  "GET /operator": act,
  "POST /operator": act,
  "GET /assets/": (_site, _request, url) => asset(url.pathname),
  "GET /badge/": ({ assembly, records }, _request, url) => badges(assembly, records, url),
  "GET /feed.xml": ({ assembly, records }) => feed(assembly, records),
  "GET /metrics": ({ assembly }) => metrics(assembly),
  "GET /api/status": ({ assembly }) => json(status(assembly)),
  "GET /api/history/": async ({ assembly, records }, _request, url) =>
    readable(records, await history(assembly, records, url)),
  "GET /api/incidents": async ({ records }) =>
    readable(records, json(await records.incidents(500))),
  "GET /heartbeat/": hear,
  "POST /heartbeat/": hear,
  "POST /report": async ({ assembly }, request) => {
    assembly.heard(await signedBody<MachineReport>(assembly, request));
    return json({ heard: true });
  },
  "POST /control": ({ assembly, reporter }, request) => control(assembly, reporter, request),
};

const safety = {
  "content-security-policy":
    "default-src 'none'; style-src 'unsafe-inline' 'self'; img-src 'self' data:; connect-src 'self'; script-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cache-control": "no-store",
};

const answer = async (site: Site, request: IncomingMessage): Promise<Reply> => {
  const method = request.method === "HEAD" ? "GET" : (request.method ?? "GET");
  const url = new URL(`http://observatory${request.url ?? "/"}`);
  const folder = url.pathname.replace(/[^/]*$/, "");
  const names = [`${method} ${url.pathname}`, ...(folder === "/" ? [] : [`${method} ${folder}`])];
  const name = names.find((one) => Object.hasOwn(routes, one));
  const route = name === undefined ? undefined : routes[name];
  if (route === undefined) throw new Refusal(404, `no page ${url.pathname}`);
  return route(site, request, url);
};

const refused = (error: unknown, log: Log, what: string): Reply => {
  if (error instanceof Refusal) return json({ error: error.message }, error.code);
  log.error(`${what}: ${reason(error)}`);
  return json({ error: "internal error; the journal has the reason" }, 500);
};

/** @throws when the port is taken. */
export const serve = async (assembly: Assembly, reporter: Reporter, log: Log): Promise<Server> => {
  const site: Site = {
    assembly,
    records: new Records(assembly),
    login: new Login(assembly),
    reporter,
  };
  const server = createServer(
    { requestTimeout: 10_000, headersTimeout: 5000, keepAliveTimeout: 5000, maxHeaderSize: 16_384 },
    (request, response) => {
      const what = `${request.method} ${request.url}`;
      answer(site, request)
        .catch((error: unknown) => refused(error, log, what))
        .then((reply) => {
          response.writeHead(reply.status, {
            "content-type": reply.type,
            "content-length": Buffer.byteLength(reply.body),
            ...safety,
            ...reply.headers,
          });
          response.end(request.method === "HEAD" ? undefined : reply.body);
        })
        .catch((error: unknown) => log.error(`${what}: ${reason(error)}`));
    },
  );
  server.listen(assembly.config.listen.port, assembly.config.listen.host);
  await once(server, "listening");
  return server;
};
