import { createReadStream } from "node:fs";
import { mkdir, open, rename, rm, stat } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { parseArgs } from "node:util";

import { hostMirror, type DebianMirror } from "./apt-sources";
import { upstreamOf } from "./mirror-paths";
import { askPatiently } from "./outside";
import { isKept, prunePackages } from "./package-cache";

/**
 * A Debian mirror for the lab's machines, on a unix socket, in the host's network: passes on what
 * the host's own sources offer and keeps what never changes (packages, files named by their hash).
 */

const passedOn = ["content-type", "content-length", "last-modified", "etag", "cache-control"];

const headersOf = ({ headers }: IncomingMessage): Record<string, string> =>
  Object.fromEntries(
    passedOn.flatMap((name) =>
      headers[name] === undefined ? [] : [[name, String(headers[name])]],
    ),
  );

const refuse = (response: ServerResponse, status: number, reason: string): void => {
  response.writeHead(status, { "content-type": "text/plain" }).end(`${reason}\n`);
};

/** Downloads in progress: machines that boot together ask for the same packages. */
const downloads = new Map<string, Promise<number>>();

/** Resolves with the upstream's status; the file is there if and only if it was 200. */
const download = async (url: string, file: string): Promise<number> => {
  const answer = await askPatiently(url);
  if (answer.statusCode !== 200) {
    answer.resume();
    return answer.statusCode!;
  }
  await mkdir(dirname(file), { recursive: true });
  const partial = `${file}.${process.pid}.part`;
  try {
    const target = await open(partial, "w");
    await pipeline(answer, target.createWriteStream());
    await rename(partial, file);
  } finally {
    await rm(partial, { force: true });
  }
  return 200;
};

const sendCached = async (response: ServerResponse, url: string, file: string): Promise<void> => {
  if (!(await isKept(file, Date.now()))) {
    const running =
      downloads.get(file) ?? download(url, file).finally(() => downloads.delete(file));
    downloads.set(file, running);
    const status = await running;
    if (status !== 200) return refuse(response, status, `the mirror answered ${status} for ${url}`);
  }
  response.writeHead(200, {
    "content-type": "application/octet-stream",
    "content-length": (await stat(file)).size,
  });
  await pipeline(createReadStream(file), response);
};

const passOn = async (
  request: IncomingMessage,
  response: ServerResponse,
  url: string,
): Promise<void> => {
  const since = request.headers["if-modified-since"];
  const answer = await askPatiently(url, {
    method: request.method,
    headers: since ? { "if-modified-since": since } : {},
  });
  response.writeHead(answer.statusCode!, headersOf(answer));
  await pipeline(answer, response);
};

const serve =
  (mirror: DebianMirror, cache: string) =>
  async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.method !== "GET" && request.method !== "HEAD")
      return refuse(response, 405, "only GET and HEAD");
    const upstream = upstreamOf(mirror, request.url ?? "/");
    if (!upstream) return refuse(response, 403, `${request.url} is not part of a Debian mirror`);
    if (upstream.lasting && request.method === "GET")
      return sendCached(response, upstream.url, join(cache, upstream.file));
    return passOn(request, response, upstream.url);
  };

const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: { socket: { type: "string" }, cache: { type: "string" } },
  });
  if (!values.socket || !values.cache)
    throw new Error("usage: mirror-proxy.ts --socket FILE --cache FOLDER");
  await prunePackages(values.cache, Date.now());
  const answer = serve(await hostMirror(), values.cache);
  const server = createServer((request, response) => {
    answer(request, response).catch((error: Error & { cause?: Error }) => {
      const reason = `mirror: ${request.url}: ${error.message}${error.cause ? `: ${error.cause.message}` : ""}`;
      console.error(reason);
      if (response.headersSent) response.destroy();
      else refuse(response, 502, reason);
    });
  });
  server.keepAliveTimeout = 30_000;
  server.listen(values.socket);
};

main().catch((error: Error) => {
  console.error(`mirror-proxy.ts: ${error.message}`);
  process.exit(1);
});
