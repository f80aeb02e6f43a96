import * as http from "node:http";
import * as https from "node:https";
import type { HttpCheck } from "../../config/monitor";
import { createSecureContext } from "node:tls";
import { Finding } from "./outcome";
import { resolving } from "./resolve";

function lazy<Value>(make: () => Value): () => Value {
  let value: Value | undefined;
  return () => (value ??= make());
}

/** More than this of a body is never read: an endless one costs nothing more. */
const bodyLimit = 256 * 1024;

/**
 * A connection of its own each time, as a new visitor has it: a kept one would hide a full accept queue, a moved address or a changed certificate.
 * TLS sessions are resumed, which makes the handshake cheap, and all share one context: a new one for each connection would be memory that waits for the garbage collector.
 */
const secure = lazy(() => new https.Agent({ keepAlive: false, maxCachedSessions: 100, secureContext: createSecureContext() }));
const plain = new http.Agent({ keepAlive: false });

export interface Answer { readonly status: number; readonly location?: string; readonly retryAfter?: string; readonly encoding?: string; readonly body: string; readonly cut: boolean }

export interface Question { readonly method?: string; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }

/** @throws what went wrong on the wire; Finding when the deadline passes. */
export function ask(url: URL, question: Question, deadlineMs: number): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const over = url.protocol === "https:" ? { request: https.request, agent: secure() } : { request: http.request, agent: plain };
    let stage = "no connection";
    const request = over.request(url, {
      method: question.method ?? "GET", agent: over.agent, lookup: resolving(deadlineMs), maxHeaderSize: 16_384,
      headers: { "user-agent": "second-server-observatory/1", "accept-encoding": "identity", ...question.headers },
    });
    const timer = setTimeout(() => fail(new Finding(`${stage} within ${deadlineMs / 1000} s`)), deadlineMs);
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      settle();
      request.destroy();
    };
    const fail = (error: Error): void => end(() => reject(error));
    request.on("socket", (socket) => socket.once("connect", () => { stage = "no answer"; }));
    request.on("error", fail);
    request.on("response", (response) => {
      stage = "no complete answer";
      const chunks: Buffer[] = [];
      let size = 0;
      const answer = (cut: boolean): void => end(() => resolve({
        status: response.statusCode ?? 0, location: response.headers.location, retryAfter: response.headers["retry-after"], encoding: response.headers["content-encoding"], body: Buffer.concat(chunks).toString("utf8"), cut,
      }));
      response.on("data", (chunk: Buffer) => {
        chunks.push(size + chunk.length > bodyLimit ? chunk.subarray(0, bodyLimit - size) : chunk);
        size += chunk.length;
        if (size >= bodyLimit) answer(true);
      });
      response.on("end", () => (response.complete ? answer(false) : fail(new Finding("the answer was cut off"))));
      response.on("error", () => fail(new Finding("the answer was cut off")));
    });
    request.end(question.body);
  });
}

const valueAt = (value: unknown, path: string): unknown =>
  path.split(".").filter((key) => key !== "").reduce<unknown>((at, key) => (typeof at === "object" && at !== null ? (at as Record<string, unknown>)[key] : undefined), value);

function judgeBody(check: HttpCheck, answer: Answer): void {
  if (check.contains === undefined && check.matches === undefined && check.json === undefined) return;
  if (answer.encoding !== undefined && answer.encoding !== "identity") throw new Finding(`the answer is encoded (${answer.encoding}) although that was not asked for`);
  const where = answer.cut ? ` in the first ${bodyLimit / 1024} kB` : "";
  if (check.contains !== undefined && !answer.body.includes(check.contains)) throw new Finding(`"${check.contains}" is not in the answer${where}`);
  if (check.matches !== undefined && !new RegExp(check.matches, "u").test(answer.body)) throw new Finding(`the answer${where} does not match /${check.matches}/`);
  if (check.json === undefined) return;
  let parsed: unknown;
  try {
    parsed = JSON.parse(answer.body);
  } catch {
    throw new Finding("the answer is not JSON");
  }
  const found = valueAt(parsed, check.json.path);
  if (found !== check.json.equals) throw new Finding(`${check.json.path} is ${JSON.stringify(found) ?? "absent"}, not ${JSON.stringify(check.json.equals)}`);
}

/** Passes or throws what is wrong. */
export async function checkHttp(check: HttpCheck, timeoutMs: number): Promise<string | undefined> {
  const began = performance.now();
  let url = new URL(check.url);
  for (let left = check.redirects ?? 0; ; left -= 1) {
    const answer = await ask(url, check, Math.max(1, Math.round(timeoutMs - (performance.now() - began))));
    if (left > 0 && answer.location !== undefined && answer.status >= 300 && answer.status < 400) {
      url = new URL(answer.location, url);
      if (url.protocol !== "http:" && url.protocol !== "https:") throw new Finding(`redirected to ${url.protocol}`);
      continue;
    }
    if (answer.status !== check.status) throw new Finding(`HTTP ${answer.status}, expected ${check.status}`);
    judgeBody(check, answer);
    const ms = performance.now() - began;
    if (check.maxLatencyMs !== undefined && ms > check.maxLatencyMs) throw new Finding(`took ${Math.round(ms)} ms, more than ${check.maxLatencyMs} ms`);
    return undefined;
  }
}
