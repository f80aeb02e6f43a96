import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

/** What a service answers; a string is sent as it is, anything else as JSON. */
export interface Reply {
  readonly status?: number;
  readonly type?: string;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}
/** A handler that has answered by itself (a stream) returns nothing. */
export type Handler = (
  request: IncomingMessage,
  url: URL,
  response: ServerResponse,
) => Promise<Reply | undefined> | Reply | undefined;
/** By method and path; a path that ends with a slash stands for everything in that folder. */
export type Routes = Readonly<Record<string, Handler>>;

/** The asker's mistake, told to the asker. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

export const page = (body: string): Reply => ({ type: "text/html; charset=utf-8", body });
export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

/** @throws Refusal when it is too long or not a JSON object. */
export const readJson = async (
  request: IncomingMessage,
  limit = 64 * 1024,
): Promise<Record<string, unknown>> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) throw new Refusal(413, `at most ${limit / 1024} kB`);
    chunks.push(chunk);
  }
  let value: unknown;
  try {
    value = JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch {
    throw new Refusal(400, "the body has to be JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new Refusal(400, "the body has to be a JSON object");
  return value as Record<string, unknown>;
};

/** A text of that field, trimmed. @throws Refusal when it is missing or too long. */
export const textField = (body: Record<string, unknown>, name: string, longest: number): string => {
  const value = body[name];
  if (typeof value !== "string" || value.trim() === "")
    throw new Refusal(422, `"${name}" is needed`);
  if (value.length > longest)
    throw new Refusal(422, `"${name}" is longer than ${longest} characters`);
  return value.trim();
};

/** "//" and the like are no URLs to those who parse them, and reach a service all the same. */
const urlOf = (path: string): URL => {
  try {
    return new URL(path, "http://service");
  } catch {
    throw new Refusal(400, "the path can't be read");
  }
};

const answer = async (
  routes: Routes,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<Reply | undefined> => {
  const url = urlOf(request.url ?? "/");
  const method = request.method === "HEAD" ? "GET" : (request.method ?? "GET");
  const folder = url.pathname.replace(/[^/]*$/, "");
  const name = [
    `${method} ${url.pathname}`,
    ...(folder === "/" ? [] : [`${method} ${folder}`]),
  ].find((one) => Object.hasOwn(routes, one));
  const handler = name === undefined ? undefined : routes[name];
  if (handler === undefined) throw new Refusal(404, `nothing at ${method} ${url.pathname}`);
  return handler(request, url, response);
};

const send = (
  request: IncomingMessage,
  response: ServerResponse,
  { status = 200, type, body, headers }: Reply,
): void => {
  const text = typeof body === "string" ? body : `${JSON.stringify(body)}\n`;
  response.writeHead(status, {
    "content-type":
      type ??
      (typeof body === "string" ? "text/plain; charset=utf-8" : "application/json; charset=utf-8"),
    "content-length": Buffer.byteLength(text),
    "x-content-type-options": "nosniff",
    ...headers,
  });
  response.end(request.method === "HEAD" ? undefined : text);
};

const failed = (error: unknown, what: string): Reply => {
  if (error instanceof Refusal) return { status: error.status, body: { error: error.message } };
  process.stderr.write(
    `${what}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  return { status: 500, body: { error: "internal error" } };
};

/** Serves on the given port of loopback (0: any); nginx stands in front. */
export const serve = (routes: Routes, port: number): Promise<Server> => {
  const server = createServer(
    { requestTimeout: 15_000, headersTimeout: 5000 },
    (request, response) => {
      const what = `${request.method} ${request.url}`;
      answer(routes, request, response)
        .catch((error: unknown) => failed(error, what))
        .then((reply) => {
          if (reply !== undefined) send(request, response, reply);
        })
        .catch((error: unknown) => {
          process.stderr.write(`${what}: ${String(error)}\n`);
          response.destroy();
        });
    },
  );
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve(server));
  });
};

/** Runs a service as systemd expects: PORT and DATA_DIR from the environment, a clean end at SIGTERM, exit 1 with the reason when it can't start. */
export const run = (name: string, make: (dataDir: string) => Routes): void => {
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
