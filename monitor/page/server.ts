import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";

import { ROUTES } from "@second-server/contract/names";

import { reason, type Log } from "../adapters/log";
import { watchedChecks } from "../alerts/alert-state";
import type { Records } from "../view/records";
import { status } from "../view/status";
import { asset } from "./assets";
import { control } from "./control";
import { incident } from "./incident";
import { createLogin } from "./login";
import { badges, feed, metrics } from "./machine-readable";
import { operator } from "./operator";
import { incidentsPage, statusPage } from "./page";
import { json, page, readBody, Refusal, type Reply } from "./reply";
import { receivedReport } from "./requests";
import { history, servicePage } from "./service";
import { createSignatures } from "./signed";
import type { Site, SiteDeps } from "./site";

type Route = (site: Site, request: IncomingMessage, url: URL) => Reply | Promise<Reply>;

/**
 * Whether the monitor itself is well, or says itself what it lacks; what it watches does not matter
 * here.
 */
const health: Route = ({ view }) => {
  const { ok, error } = view.storage();
  return json({ ok, storage: ok ? "ok" : error }, view.isStorageTold() ? 200 : 503);
};

/**
 * GET or POST /heartbeat/TOKEN, TOKEN.start, TOKEN.fail: a job says that it ended well, began,
 * failed (with why in the body). Tokens are secrets of the jobs; unknown ones are refused.
 */
const hear: Route = async ({ view, pushChecks }, request, url) => {
  const [, token = "", word] =
    /^\/heartbeat\/([\w-]{1,100})(?:\.(start|fail))?$/.exec(url.pathname) ?? [];
  const known = watchedChecks(view.alerts()).some(
    ({ check }) => check.kind === "heartbeat" && check.token === token,
  );
  if (!known) throw new Refusal(404, "no job has this token");
  pushChecks.heard(
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
  "GET /": async ({ view, records }) =>
    page(
      statusPage(
        status(view),
        await records.days(),
        await records.incidents(10),
        records.trouble(),
      ),
    ),
  [`GET ${ROUTES.health}`]: health,
  "GET /service/": ({ view, records }, _request, url) => servicePage(view, records, url),
  "GET /incidents": async ({ view, records }) =>
    page(
      incidentsPage(
        view.config().fleet,
        await records.incidents(500),
        view.now(),
        records.trouble(),
      ),
    ),
  "GET /incident/": incident,
  "POST /incident/": incident,
  "GET /operator": operator,
  "POST /operator": operator,
  "GET /assets/": (_site, _request, url) => asset(url.pathname),
  "GET /badge/": ({ view, records }, _request, url) => badges(view, records, url),
  "GET /feed.xml": ({ view, records }) => feed(view, records),
  "GET /metrics": ({ view }) => metrics(view),
  [`GET ${ROUTES.status}`]: ({ view }) => json(status(view)),
  "GET /api/history/": async ({ view, records }, _request, url) =>
    readable(records, await history(view, records, url)),
  "GET /api/incidents": async ({ records }) =>
    readable(records, json(await records.incidents(500))),
  "GET /heartbeat/": hear,
  "POST /heartbeat/": hear,
  [`POST ${ROUTES.report}`]: async (site, request) => {
    site.heard(receivedReport((await site.signed(request)).value));
    return json({ heard: true });
  },
  [`POST ${ROUTES.control}`]: control,
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
export const openServer = async (deps: SiteDeps): Promise<Server> => {
  const { view, clock, log, key, primaryKey } = deps;
  const login = createLogin({ clock, log, operatorFile: () => view.config().operatorFile });
  const signed = createSignatures({ owner: key, primary: primaryKey }, clock);
  const site: Site = { ...deps, login, signed };
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
  const { host, port } = view.config().listen;
  server.listen(port, host);
  await once(server, "listening");
  return server;
};
