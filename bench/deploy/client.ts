/**
 * One service's visitors: pages and uploads at a constant rate over kept connections, and a
 * WebSocket that stays open. Every fault counts, also those that a browser would hide by asking
 * again.
 */
import { randomBytes } from "node:crypto";
import { Agent, type RequestOptions, request } from "node:https";
import { performance } from "node:perf_hooks";

export interface Target {
  readonly name: string;
  readonly host: string;
  readonly pagesPerSecond: number;
  readonly uploadsPerSecond: number;
  readonly webSocket: boolean;
}

/** What one service's visitors have seen since they were asked last. */
export interface Tally {
  readonly requests: number;
  /** Answers that are not 200. */
  readonly failed: number;
  /** Connections that ended before the answer. */
  readonly reset: number;
  readonly longestMs: number;
  readonly versions: readonly string[];
  /** How often the WebSocket had to be opened again, and how often that was refused. */
  readonly webSocketsCut: number;
  readonly webSocketsRefused: number;
  readonly faults: readonly string[];
}

const UPLOAD = Buffer.alloc(256 * 1024, "u");
const TIMEOUT_MS = 60_000;
const MOST_FAULTS = 5;
const PING_MS = 250;

interface Answer {
  readonly status: number;
  readonly body: string;
}

const send = (options: RequestOptions, body?: Buffer): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const call = request({ ...options, timeout: TIMEOUT_MS }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body: text }));
      response.on("error", reject);
      response.on("aborted", () => reject(new Error("cut off in the answer")));
    });
    call.on("timeout", () => call.destroy(new Error(`no answer in ${TIMEOUT_MS / 1000} s`)));
    call.on("error", reject);
    call.end(body);
  });

export interface Visitors {
  /** What was seen since the last call. Waits for the requests under way. */
  tally(): Tally;
  stop(): void;
}

export const createVisitors = ({
  host,
  pagesPerSecond,
  uploadsPerSecond,
  webSocket,
}: Target): Visitors => {
  const agent = new Agent({ keepAlive: true, maxSockets: 32 });
  const underWay = new Set<number>();
  let seen = blank();
  const fault = (text: string): void => {
    if (seen.faults.length < MOST_FAULTS)
      seen.faults.push(`${new Date().toISOString().slice(11, 23)} ${text}`);
  };
  const ask = async (path: string, method: string, body?: Buffer): Promise<void> => {
    const began = performance.now();
    underWay.add(began);
    try {
      const { status, body: text } = await send({ host, path, method, agent }, body);
      seen.requests += 1;
      if (status === 200) seen.versions.add(/"?version"?:?"? ?"?(\w+)/.exec(text)?.[1] ?? "");
      else {
        seen.failed += 1;
        fault(`${method} ${path}: ${status}`);
      }
    } catch (error) {
      seen.requests += 1;
      seen.reset += 1;
      fault(`${method} ${path}: ${(error as Error).message}`);
    } finally {
      underWay.delete(began);
      seen.longestMs = Math.max(seen.longestMs, performance.now() - began);
    }
  };
  const every = (perSecond: number, work: () => void): NodeJS.Timeout[] =>
    perSecond > 0 ? [setInterval(work, 1000 / perSecond)] : [];
  const timers = [
    ...every(pagesPerSecond, () => void ask("/", "GET")),
    ...every(uploadsPerSecond, () => void ask("/upload", "POST", UPLOAD)),
  ];
  let stopped = false;
  let hangUp = (): void => undefined;
  const open = (): void => {
    if (stopped) return;
    const call = request({
      host,
      path: "/socket",
      agent: false,
      headers: {
        connection: "Upgrade",
        upgrade: "websocket",
        "sec-websocket-version": "13",
        "sec-websocket-key": randomBytes(16).toString("base64"),
      },
    });
    const refused = (what: string): void => {
      if (stopped) return;
      seen.webSocketsRefused += 1;
      fault(`WebSocket: ${what}`);
      setTimeout(open, PING_MS);
    };
    call.on("response", ({ statusCode }) => {
      call.destroy();
      refused(`status ${statusCode}`);
    });
    call.on("error", (error) => refused(error.message));
    call.on("upgrade", (_response, socket) => {
      hangUp = (): void => void socket.destroy();
      const ping = setInterval(() => socket.write(String(performance.now())), PING_MS);
      socket.on("data", (chunk: Buffer) => {
        const took = performance.now() - Number(chunk.toString());
        if (took > 0) seen.longestMs = Math.max(seen.longestMs, took);
      });
      socket.on("error", () => socket.destroy());
      socket.on("close", () => {
        clearInterval(ping);
        if (!stopped) seen.webSocketsCut += 1;
        open();
      });
    });
    call.end();
  };
  if (webSocket) open();
  return {
    tally: () => {
      const longest = Math.max(
        seen.longestMs,
        ...[...underWay].map((at) => performance.now() - at),
      );
      const told = { ...seen, longestMs: Math.round(longest), versions: [...seen.versions] };
      seen = blank();
      return told;
    },
    stop: () => {
      stopped = true;
      for (const timer of timers) clearInterval(timer);
      hangUp();
      agent.destroy();
    },
  };
};

const blank = () => ({
  requests: 0,
  failed: 0,
  reset: 0,
  longestMs: 0,
  versions: new Set<string>(),
  webSocketsCut: 0,
  webSocketsRefused: 0,
  faults: [] as string[],
});
